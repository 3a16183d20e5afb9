import { type KafkaAdmin } from '../admin.js';
import { unlessAborted, withTimeout } from '../async.js';
import { type ReadRecord } from '../driver.js';
import { AdminFailed, GroupNotEmpty, UnknownGroup } from '../errors.js';
import { type ReadPartition } from './partition_reader.js';

/** What a message is received with. */
export interface ReceiveFrom {
  readonly admin: Pick<KafkaAdmin, 'describeGroup' | 'topicOffsets' | 'groupOffsets' | 'setGroupOffsets'>;
  readonly read: ReadPartition;
  /** Milliseconds that the brokers get to tell what is there, and again to keep the position. */
  readonly brokerTimeoutMs: number;
}

/** The message that is wanted: the next of the topic for the group. */
export interface ReceiveRequest {
  readonly topic: string;
  readonly groupId: string;
  /** Milliseconds to wait where no message is there yet. */
  readonly timeoutMs: number;
  /** Aborted when nobody is there any more to take a message. */
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
 * @returns undefined when none was there and none came in time, or the signal was aborted
 * @throws UnknownTopic, GroupNotEmpty while the group has members, what the brokers refuse, and AdminFailed when
 *   they do not answer in time: whether a position was kept by then is not known
 */
export async function receiveOne(
  { admin, read, brokerTimeoutMs }: ReceiveFrom,
  request: ReceiveRequest,
): Promise<ReadRecord | undefined> {
  const { topic, groupId, timeoutMs, signal } = request;
  const silent = () =>
    new AdminFailed(
      `receive a message of topic ${topic}`,
      `the brokers did not answer within ${brokerTimeoutMs} ms`,
    );
  const search = new Search(read, topic);
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(silent());
    }, brokerTimeoutMs);
  });
  const look = async (): Promise<void> => {
    await refuseMembers(admin, groupId);
    await search.run(await starts(admin, request), () => {
      // The brokers have said what there is; from here on it is the message that is waited for.
      clearTimeout(timer);
      timer = setTimeout(() => {
        search.end();
      }, timeoutMs);
    });
  };
  try {
    await unlessAborted(Promise.race([look(), silence]), signal);
  } finally {
    search.end();
    clearTimeout(timer);
  }
  const { found } = search;
  if (found === undefined || signal.aborted) return undefined;
  const { partition, offset } = found;
  const kept = admin.setGroupOffsets(groupId, [{ topic, partition, offset: BigInt(offset) + 1n }]);
  await withTimeout(kept, brokerTimeoutMs, silent);
  return found;
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

/** Reads the partitions of a topic side by side until the first record comes, of whatever partition. */
class Search {
  found: ReadRecord | undefined;
  readonly #ended = new AbortController();

  constructor(
    private readonly read: ReadPartition,
    private readonly topic: string,
  ) {}

  /**
   * Resolves when a record was found, or the search was ended.
   * @param onCaughtUp called when everything was read that was there, and no record was
   */
  async run(from: readonly Start[], onCaughtUp: () => void): Promise<void> {
    let behind = from.length;
    const oneCaughtUp = (): void => {
      behind -= 1;
      if (behind === 0 && this.found === undefined) onCaughtUp();
    };
    try {
      await Promise.all(from.map((start) => this.#readFrom(start, oneCaughtUp)));
    } finally {
      this.end();
    }
  }

  end(): void {
    this.#ended.abort();
  }

  async #readFrom(start: Start, onCaughtUp: () => void): Promise<void> {
    let caughtUp = false;
    const reading = this.read({ topic: this.topic, ...start, signal: this.#ended.signal });
    for await (const { records, nextOffset, endOffset } of reading) {
      this.found ??= records[0];
      if (this.found !== undefined) this.end();
      if (caughtUp || nextOffset < endOffset) continue;
      caughtUp = true;
      onCaughtUp();
    }
  }
}
