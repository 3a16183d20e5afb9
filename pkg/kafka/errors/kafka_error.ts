import { textOf } from '../async.js';
import { inOneLine } from './in_one_line.js';

/** Base of the errors that this package throws. `code` is stable; the message says how to mend it. */
export abstract class KafkaError extends Error {
  abstract readonly code: string;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** A setting has a value that makes no sense. */
export class InvalidOption extends KafkaError {
  readonly code = 'KAFKA_INVALID_OPTION';

  /** @param allowed for example `a number from 1 to 10` */
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`Option ${option} is ${textOf(value)}; it must be ${allowed}.`);
  }
}

/** No broker answered. */
export class BrokerUnreachable extends KafkaError {
  readonly code = 'KAFKA_BROKER_UNREACHABLE';

  constructor(brokers: readonly string[], why: string, cause?: unknown) {
    super(
      `No Kafka broker answers at ${brokers.join(', ')} (${why}). ` +
        'Check that it runs and that the address is right.',
      cause,
    );
  }
}

/** The brokers are there, but they or this client do not accept the other: TLS, SASL or a token. */
export class AccessDenied extends KafkaError {
  readonly code = 'KAFKA_ACCESS_DENIED';

  /** @param why names the cause and how to mend it */
  constructor(brokers: readonly string[], why: string) {
    super(`Kafka at ${brokers.join(', ')} cannot be used: ${why}.`);
    inOneLine(this);
  }
}

/** The brokers do not let this client do what it needs to. */
export class RightMissing extends KafkaError {
  readonly code = 'KAFKA_RIGHT_MISSING';

  /**
   * @param lack for example `READ on group orders`
   * @param mend what to grant
   * @param protocolError what the broker said
   */
  constructor(lack: string, mend: string, protocolError: string) {
    super(`This client lacks ${lack}: ${mend} (${protocolError}).`);
    inOneLine(this);
  }
}

/** The topic does not exist. */
export class UnknownTopic extends KafkaError {
  readonly code = 'KAFKA_UNKNOWN_TOPIC';

  constructor(
    readonly topic: string,
    cause?: unknown,
  ) {
    super(`Topic ${topic} does not exist. Create it, or mend its name.`, cause);
  }
}

/** The topic is there, and has no such partition. */
export class UnknownPartition extends KafkaError {
  readonly code = 'KAFKA_UNKNOWN_PARTITION';

  constructor(
    readonly topic: string,
    readonly partition: number,
    cause?: unknown,
  ) {
    super(`Topic ${topic} has no partition ${partition}. Name one that it has, or add partitions.`, cause);
  }
}

/** The manager or producer was closed for good. */
export class KafkaClosed extends KafkaError {
  readonly code = 'KAFKA_CLOSED';

  constructor(what: string) {
    super(`${what} is closed. Create a new one; a closed one does not come back.`);
  }
}
