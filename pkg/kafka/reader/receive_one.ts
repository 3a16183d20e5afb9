import { type KafkaAdmin } from '../admin.js';
import { type ReadRecord } from '../driver.js';
import { GroupNotEmpty, UnknownGroup } from '../errors.js';
import { type ReadPartition } from '../follower/followed_partition.js';

/** What a message is received with. */
export interface ReceiveFrom {
  readonly admin: Pick<KafkaAdmin, 'describeGroup' | 'topicOffsets' | 'groupOffsets' | 'setGroupOffsets'>;
  readonly read: ReadPartition;
}

/** The message that is wanted: the next of the topic for the group. */
export interface ReceiveRequest {
  readonly topic: string;
  readonly groupId: string;
  /** Ends the wait for a message. */
  readonly signal: AbortSignal;
}

/** Where a group goes on in one partition. */
interface Start {
  partition: number;
  from: bigint;
}

/**
 * Receives a single message in the name of a group that nobody consumes by: the next from where the group's
 * committed offset is, else from the beginning. It is committed before it is returned, and not when the signal
 * was aborted first.
 *
 * @returns undefined when none came until the signal was aborted
 * @throws UnknownTopic, GroupNotEmpty while the group has members, and what the brokers refuse
 */
export async function receiveOne(
  { admin, read }: ReceiveFrom,
  request: ReceiveRequest,
): Promise<ReadRecord | undefined> {
  const { topic, groupId } = request;
  await refuseMembers(admin, groupId);
  const record = await first(read, request, await starts(admin, request));
  if (record === undefined) return undefined;
  const { partition, offset } = record;
  await admin.setGroupOffsets(groupId, [{ topic, partition, offset: BigInt(offset) + 1n }]);
  return record;
}

async function refuseMembers(admin: ReceiveFrom['admin'], groupId: string): Promise<void> {
  try {
    const { members } = await admin.describeGroup(groupId);
    if (members.length > 0) throw new GroupNotEmpty(groupId, []);
  } catch (error) {
    if (!(error instanceof UnknownGroup)) throw error;
  }
}

async function starts(admin: ReceiveFrom['admin'], { topic, groupId }: ReceiveRequest): Promise<Start[]> {
  const ends = await admin.topicOffsets(topic);
  const committed = await admin.groupOffsets(groupId, [topic]);
  return ends.map(({ partition, low, high }) => {
    const position = committed.find((one) => one.partition === partition)?.offset ?? low;
    const isThere = BigInt(position) >= BigInt(low) && BigInt(position) <= BigInt(high);
    return { partition, from: BigInt(isThere ? position : low) };
  });
}

/** The record that arrives first, of whatever partition. */
async function first(
  read: ReadPartition,
  { topic, signal }: ReceiveRequest,
  from: readonly Start[],
): Promise<ReadRecord | undefined> {
  const done = new AbortController();
  const reading = AbortSignal.any([signal, done.signal]);
  let found: ReadRecord | undefined;
  const readFrom = async (start: Start): Promise<void> => {
    for await (const { records } of read({ topic, ...start, signal: reading })) {
      found ??= records[0];
      if (found !== undefined) done.abort();
    }
  };
  try {
    await Promise.all(from.map(readFrom));
  } finally {
    done.abort();
  }
  // Nobody is there to take it any more.
  return signal.aborted ? undefined : found;
}
