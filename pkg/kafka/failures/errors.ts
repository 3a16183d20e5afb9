import { KafkaError } from '../errors.js';

/** Thrown by a handler: no further attempt can succeed, so the message has failed for good. */
export class NonRetryableError extends KafkaError {
  readonly code = 'KAFKA_NON_RETRYABLE';
}

/**
 * Thrown by a handler: something that it needs is down, which is not the message's fault. Its partition
 * waits and tries again, however long that takes.
 */
export class InfrastructureError extends KafkaError {
  readonly code = 'KAFKA_INFRASTRUCTURE';
}

/** A dead-letter or retry topic cannot have the name that follows from topic and group. */
export class InvalidFailureTopic extends KafkaError {
  readonly code = 'KAFKA_INVALID_FAILURE_TOPIC';

  constructor(topic: string) {
    super(
      `"${topic}" cannot be the name of a topic, which has 1 to 249 letters, digits, dots, underscores and ` +
        "hyphens. Use another group id, or onExhausted: 'block' and replays: false.",
    );
  }
}

/** A topic does not take a failed message, even without the text of its error. Its partition stops there. */
export class DeadLetterTooLarge extends KafkaError {
  readonly code = 'KAFKA_DEAD_LETTER_TOO_LARGE';

  /** @param size bytes of key and value */
  constructor(
    readonly topic: string,
    size: number,
  ) {
    super(
      `A failed message of ${size} bytes is too large for topic ${topic}. ` +
        "Raise the topic's max.message.bytes above that of the topic it comes from, " +
        'then stop and start the consumer.',
    );
  }
}

/** A topic that is to be there before a group starts. */
export interface MissingTopic {
  readonly topic: string;
  readonly partitions: number;
}

/** The group's dead-letter or retry topics do not exist, and are not to be created by the consumer. */
export class FailureTopicsMissing extends KafkaError {
  readonly code = 'KAFKA_FAILURE_TOPICS_MISSING';

  constructor(
    groupId: string,
    readonly topics: readonly MissingTopic[],
  ) {
    const list = topics.map(({ topic, partitions }) => `${topic} (${partitions} partitions)`).join(', ');
    super(
      `Group ${groupId} needs topics that do not exist: ${list}. ` +
        'Create them, or start with provision: true.',
    );
  }
}
