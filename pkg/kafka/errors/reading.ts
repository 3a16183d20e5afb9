import { KafkaError } from './kafka_error.js';

/** The records at this offset are gone, or not yet written. */
export class OffsetOutOfRange extends KafkaError {
  readonly code = 'KAFKA_OFFSET_OUT_OF_RANGE';

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: bigint,
    cause?: unknown,
  ) {
    super(
      `Partition ${partition} of topic ${topic} has no offset ${offset}. ` +
        "Its records may have been deleted: start from 'earliest', or from a snapshot that is younger.",
      cause,
    );
  }
}

/** The broker does not let this client read the topic, or its records cannot be read. */
export class ReadRefused extends KafkaError {
  readonly code = 'KAFKA_READ_REFUSED';

  constructor(
    readonly topic: string,
    why: string,
    cause?: unknown,
  ) {
    super(`Topic ${topic} cannot be read (${why}). Check the rights of this client and the topic.`, cause);
  }
}
