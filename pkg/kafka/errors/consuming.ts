import { KafkaError } from './kafka_error.js';

/** The consumer side is switched off. */
export class ConsumerDisabled extends KafkaError {
  readonly code = 'KAFKA_CONSUMER_DISABLED';

  constructor() {
    super('The Kafka consumers are switched off. Switch them on to start one.');
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
