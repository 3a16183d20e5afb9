import { KafkaError } from './kafka_error.js';

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

/** A call of administration was not answered as it should be, for a reason that may pass. */
export class AdminFailed extends KafkaError {
  readonly code = 'KAFKA_ADMIN_FAILED';

  /** @param what for example `add partitions to topic orders` */
  constructor(what: string, why: string, cause?: unknown) {
    super(
      `The call to ${what} failed (${why}). What it was to change may be done or not: look, then try again.`,
      cause,
    );
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
