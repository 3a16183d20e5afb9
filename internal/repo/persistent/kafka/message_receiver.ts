import {
  GroupNotEmpty,
  type KafkaAdmin,
  KafkaError,
  UnknownGroup,
  UnknownTopic,
  type ReadPartition,
} from '../../../../pkg/kafka/index.js';
import { Conflict, NotFound, Unavailable } from '../../../entity/errors.js';
import { type ReceivedMessage } from '../../contracts.js';

export interface MessageReceiverOptions {
  admin: KafkaAdmin;
  read: ReadPartition;
}

/** Where a group goes on in one partition. */
interface Start {
  partition: number;
  from: bigint;
}

/** Receives single messages in the name of a group that nobody else consumes by. */
export class MessageReceiver {
  constructor(private readonly options: MessageReceiverOptions) {}

  /**
   * The next message of a topic for a group: from where the group's committed offset is, else from the
   * beginning. It is committed before it is returned, and not when the signal was aborted first.
   *
   * @returns undefined when none came until the signal was aborted
   * @throws NotFound for an unknown topic, Conflict while the group has members, Unavailable
   */
  async receive(topic: string, groupId: string, signal: AbortSignal): Promise<ReceivedMessage | undefined> {
    try {
      await this.refuseMembers(groupId);
      const message = await this.first(topic, await this.starts(topic, groupId), signal);
      if (message === undefined) return undefined;
      const { partition, offset } = message;
      const next = BigInt(offset) + 1n;
      await this.options.admin.setGroupOffsets(groupId, [{ topic, partition, offset: next }]);
      return message;
    } catch (error) {
      throw inOurTerms(error);
    }
  }

  private async refuseMembers(groupId: string): Promise<void> {
    try {
      const { members } = await this.options.admin.describeGroup(groupId);
      if (members.length > 0) throw new GroupNotEmpty(groupId, []);
    } catch (error) {
      if (!(error instanceof UnknownGroup)) throw error;
    }
  }

  private async starts(topic: string, groupId: string): Promise<Start[]> {
    const { admin } = this.options;
    const ends = await admin.topicOffsets(topic);
    const committed = await admin.groupOffsets(groupId, [topic]);
    return ends.map(({ partition, low, high }) => {
      const position = committed.find((one) => one.partition === partition)?.offset ?? low;
      const isThere = BigInt(position) >= BigInt(low) && BigInt(position) <= BigInt(high);
      return { partition, from: BigInt(isThere ? position : low) };
    });
  }

  /** The message that arrives first, of whatever partition. */
  private async first(
    topic: string,
    starts: readonly Start[],
    signal: AbortSignal,
  ): Promise<ReceivedMessage | undefined> {
    const done = new AbortController();
    const reading = AbortSignal.any([signal, done.signal]);
    let first: ReceivedMessage | undefined;
    const read = async (start: Start): Promise<void> => {
      for await (const { records } of this.options.read({ topic, ...start, signal: reading })) {
        first ??= records[0];
        if (first !== undefined) done.abort();
      }
    };
    try {
      await Promise.all(starts.map(read));
    } finally {
      done.abort();
    }
    // Nobody is there to take it any more.
    return signal.aborted ? undefined : first;
  }
}

function inOurTerms(error: unknown): unknown {
  if (error instanceof UnknownTopic)
    return new NotFound('TOPIC_NOT_FOUND', `There is no topic ${error.topic}.`);
  if (error instanceof GroupNotEmpty) {
    const why = `Group ${error.groupId} has members, to whom the message belongs.`;
    return new Conflict('GROUP_IN_USE', why, { cause: error });
  }
  if (!(error instanceof KafkaError)) return error;
  return new Unavailable('KAFKA_UNAVAILABLE', 'The brokers could not be asked.', { cause: error });
}
