import { textOf } from './async.js';

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

/** The producer side is switched off. */
export class ProducerDisabled extends KafkaError {
  readonly code = 'KAFKA_PRODUCER_DISABLED';

  constructor() {
    super('The Kafka producer is disabled. Call enableProducer() to send again.');
  }
}

/** The consumer side is switched off. */
export class ConsumerDisabled extends KafkaError {
  readonly code = 'KAFKA_CONSUMER_DISABLED';

  constructor() {
    super('The Kafka consumers are disabled. Call enableConsumer() before starting one.');
  }
}

/** The manager or producer was closed for good. */
export class KafkaClosed extends KafkaError {
  readonly code = 'KAFKA_CLOSED';

  constructor(what: string) {
    super(`${what} is closed. Create a new one; a closed one does not come back.`);
  }
}

/** No consumer is registered under this topic (and group). */
export class UnknownConsumer extends KafkaError {
  readonly code = 'KAFKA_UNKNOWN_CONSUMER';

  constructor(topic: string, groupId?: string) {
    const group = groupId === undefined ? '' : ` in group ${groupId}`;
    super(`No consumer is registered for topic ${topic}${group}. Register it with addConsumer() first.`);
  }
}

/** A group can have one handler for a topic. */
export class DuplicateConsumer extends KafkaError {
  readonly code = 'KAFKA_DUPLICATE_CONSUMER';

  constructor(topic: string, groupId: string) {
    super(
      `Group ${groupId} already has a handler for topic ${topic}. ` +
        'Use another group id, or do both things in one handler.',
    );
  }
}

/** A running group's topics cannot be changed. */
export class GroupSubscriptionMismatch extends KafkaError {
  readonly code = 'KAFKA_GROUP_SUBSCRIPTION_MISMATCH';

  constructor(topic: string, groupId: string) {
    super(
      `Group ${groupId} is running without topic ${topic}. ` +
        'Register all topics of a group before it is started, or disable the consumers first.',
    );
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
  constructor(brokers: readonly string[], why: string, cause?: unknown) {
    super(`Kafka at ${brokers.join(', ')} cannot be used: ${why}.`, cause);
  }
}

/** The group could not be joined in time. */
export class GroupJoinFailed extends KafkaError {
  readonly code = 'KAFKA_GROUP_JOIN_FAILED';

  constructor(groupId: string, brokers: readonly string[], why: string, cause?: unknown) {
    super(
      `Group ${groupId} could not be joined at ${brokers.join(', ')} (${why}). ` +
        'Check the brokers and the rights of this client, then start the consumer again.',
      cause,
    );
  }
}

/** The consumer was stopped before its start had ended. */
export class StartAborted extends KafkaError {
  readonly code = 'KAFKA_START_ABORTED';

  constructor(groupId: string) {
    super(`The start of group ${groupId} was given up: the consumer was stopped while it started.`);
  }
}

/** The topic does not exist. */
export class UnknownTopic extends KafkaError {
  readonly code = 'KAFKA_UNKNOWN_TOPIC';

  constructor(
    readonly topic: string,
    cause?: unknown,
  ) {
    super(`Topic ${topic} does not exist. Create it first, for example with ensureTopics().`, cause);
  }
}

/** The topic could not be created. */
export class TopicNotCreated extends KafkaError {
  readonly code = 'KAFKA_TOPIC_NOT_CREATED';

  constructor(
    readonly topic: string,
    why: string,
    cause?: unknown,
  ) {
    super(
      `Topic ${topic} could not be created (${why}). ` +
        'Check its name, its replication factor against the number of brokers, and your rights.',
      cause,
    );
  }
}

/** The broker refused to change or tell something about a topic or a group. */
export class AdminRefused extends KafkaError {
  readonly code = 'KAFKA_ADMIN_REFUSED';

  /** @param what for example `add partitions to topic orders` */
  constructor(what: string, why: string, cause?: unknown) {
    super(`The broker refused to ${what} (${why}). Check the values and your rights.`, cause);
  }
}

/** No such group exists. */
export class UnknownGroup extends KafkaError {
  readonly code = 'KAFKA_UNKNOWN_GROUP';

  constructor(
    readonly groupId: string,
    cause?: unknown,
  ) {
    super(`Group ${groupId} does not exist: it has neither members nor committed offsets.`, cause);
  }
}

/** The group has members, which would not notice, or would undo, what is asked. */
export class GroupNotEmpty extends KafkaError {
  readonly code = 'KAFKA_GROUP_NOT_EMPTY';

  constructor(
    readonly groupId: string,
    members: readonly string[],
    cause?: unknown,
  ) {
    const who = members.length === 0 ? '' : `: ${members.join(', ')}`;
    super(
      `Group ${groupId} has members${who}. Stop its consumers first; one that crashed counts until its session times out.`,
      cause,
    );
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

/** A handler did not settle in time; its signal was aborted and the attempt counts as failed. */
export class HandlerTimeout extends KafkaError {
  readonly code = 'KAFKA_HANDLER_TIMEOUT';

  constructor(timeoutMs: number) {
    super(
      `The handler did not finish within ${timeoutMs} ms. ` +
        'Make it faster, let it honour its abort signal, or raise handlerTimeoutMs.',
    );
  }
}

/** Why a handler's signal was aborted when the consumer stops or loses the partition. */
export class HandlingInterrupted extends KafkaError {
  readonly code = 'KAFKA_HANDLING_INTERRUPTED';

  constructor(why: string) {
    super(`Handling was interrupted (${why}). The message is delivered again.`);
  }
}
