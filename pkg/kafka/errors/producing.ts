import { KafkaError } from './kafka_error.js';

/** The producer side is switched off. */
export class ProducerDisabled extends KafkaError {
  readonly code = 'KAFKA_PRODUCER_DISABLED';

  constructor() {
    super('The Kafka producer is switched off. Switch it on to send again.');
  }
}

/** The message has a shape that Kafka cannot store. */
export class InvalidMessage extends KafkaError {
  readonly code = 'KAFKA_INVALID_MESSAGE';

  constructor(topic: string, why: string) {
    super(`A message for topic ${topic} was not accepted: ${why}.`);
  }
}

/** The message is larger than this producer's limit. */
export class MessageTooLarge extends KafkaError {
  readonly code = 'KAFKA_MESSAGE_TOO_LARGE';

  constructor(topic: string, size: number, limit: number) {
    super(
      `A message for topic ${topic} has ${size} bytes, the limit is ${limit}. ` +
        "Send a reference instead, or raise maxMessageBytes together with the topic's max.message.bytes.",
    );
  }
}

/** The bounded send buffer is full; nothing of this message was sent. */
export class QueueFull extends KafkaError {
  readonly code = 'KAFKA_QUEUE_FULL';

  constructor(messages: number, bytes: number) {
    super(
      `The send buffer is full (${messages} messages, ${bytes} bytes). ` +
        'Send more slowly, or raise maxBufferedMessages and maxBufferedBytes.',
    );
  }
}

/** The broker refused the message; it is not stored. */
export class PublishRefused extends KafkaError {
  readonly code = 'KAFKA_PUBLISH_REFUSED';

  constructor(
    readonly topic: string,
    why: string,
    cause?: unknown,
  ) {
    super(`The broker refused a message for topic ${topic} (${why}). It is not stored.`, cause);
  }
}

/** The message never left this process in time; it is not stored. */
export class PublishNotSent extends KafkaError {
  readonly code = 'KAFKA_PUBLISH_NOT_SENT';

  constructor(
    readonly topic: string,
    why: string,
    cause?: unknown,
  ) {
    super(`A message for topic ${topic} was not sent (${why}). It is safe to send it again.`, cause);
  }
}

/** The message was sent but not acknowledged: it may or may not be stored. */
export class PublishOutcomeUnknown extends KafkaError {
  readonly code = 'KAFKA_PUBLISH_OUTCOME_UNKNOWN';

  constructor(
    readonly topic: string,
    why: string,
    cause?: unknown,
  ) {
    super(
      `It is not known whether a message for topic ${topic} was stored (${why}). ` +
        'Send it again if its consumers deduplicate.',
      cause,
    );
  }
}
