import type { Cluster } from 'kafkajs';
import { asError, settlesWithin, sleep } from '../async.js';
import { delayAfter } from '../consumer/backoff.js';
import type { PartitionPosition, TopicPartition } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { byLeader, logEnds, type LogEnd } from './log_ends.js';
import { groupByTopic, toOffsets } from './topics.js';

const AGAIN = { initialMs: 200, maxMs: 2_000, jitter: 0.2 };
/** Fetches wait so long for positions that begin to be looked up; then they go without them. */
const FETCH_WAITS_MS = 1_000;
/** A start waits so long for partitions of which no leader tells the end of the log. */
const START_WAITS_MS = 5_000;
/** Metadata are not asked for again before. */
const REFRESH_MS = 30_000;

/** The membership of one generation. */
interface Membership {
  readonly generationId: number;
  readonly memberId: string;
}

interface OffsetsRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset?: string }[];
  }[];
}

/** What kafkajs asks of a coordinator that concerns positions; its types leave these out. */
export interface Coordinator {
  joinGroup(request: object): Promise<Membership>;
  offsetFetch(request: object): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
  offsetCommit(request: object): Promise<unknown>;
}

/** A partition whose start is not settled yet. */
interface Unsettled extends TopicPartition {
  /** Why not, after the first try; `unread` where its log could not be asked, so that others need not wait for it. */
  failure?: { readonly why: string; readonly unread: boolean };
}

/** What holds in all generations of a member. */
interface Rules {
  readonly cluster: Cluster;
  readonly groupId: string;
  readonly logger: Logger;
  /** Ends of logs that were found and are not committed. */
  readonly found: Map<string, bigint>;
  readonly isCommitted: (partition: TopicPartition) => boolean;
  /** Where a partition begins whose committed position is a negative number. */
  readonly endFor: (partition: TopicPartition, committed: bigint) => LogEnd;
}

/** Settles where the partitions of one generation are read from. Each is by itself: none waits for another. */
export class GenerationStarts {
  readonly #settled = new Map<string, bigint>();
  readonly #unsettled = new Map<string, Unsettled>();
  readonly #over = new AbortController();
  #begunAt = 0;
  #refreshing: Promise<boolean> | undefined;
  #membership: Membership | undefined;
  #running: Promise<void> | undefined;
  #trying: Promise<void> | undefined;
  #triedAt = 0;
  #onReady: (() => void) | undefined;
  #told = false;

  constructor(
    private readonly coordinator: Coordinator,
    private readonly rules: Rules,
  ) {}

  /** Why a start is not settled, where that has failed. */
  get failure(): string | undefined {
    const [first] = [...this.#unsettled.values()].filter(({ failure }) => failure !== undefined);
    return first && `${first.topic}/${first.partition} has no position to start from: ${first.failure?.why}`;
  }

  /** What kafkajs is to call instead of the coordinator. */
  calls(): Coordinator {
    return {
      joinGroup: async (request) => {
        const membership = await this.coordinator.joinGroup(request);
        this.#membership = membership;
        return membership;
      },
      offsetFetch: (request) => this.#answer(partitionsOf(request as OffsetsRequest)),
      offsetCommit: async (request) => {
        const answer = await this.coordinator.offsetCommit(request);
        for (const { topic, partition, offset = '0' } of partitionsOf(request as OffsetsRequest)) {
          if (BigInt(offset) < 0n) this.#settled.delete(keyOf({ topic, partition }));
        }
        return answer;
      },
    };
  }

  /** See {@link StartPositions.settle}. */
  settle(partitions: readonly TopicPartition[]): Promise<void> {
    return new Promise((resolve) => {
      this.#onReady = resolve;
      this.#begunAt = performance.now();
      this.#begin(partitions);
      this.#checkReady();
    });
  }

  /** Looks for nothing any more. */
  end(): void {
    this.#over.abort();
  }

  /** What kafkajs is told of the positions: it leaves alone what has none, and asks again. */
  async #answer(asked: readonly TopicPartition[]) {
    this.#begin(asked);
    const isFresh = asked.some((partition) => {
      const unsettled = this.#unsettled.get(keyOf(partition));
      return unsettled !== undefined && unsettled.failure === undefined;
    });
    const waitsMs = FETCH_WAITS_MS - (performance.now() - this.#triedAt);
    if (isFresh && waitsMs > 0 && this.#trying !== undefined) await settlesWithin(this.#trying, waitsMs);
    const known = asked.flatMap((partition) => {
      const offset = this.#settled.get(keyOf(partition));
      return offset === undefined ? [] : [{ ...partition, offset: offset.toString() }];
    });
    return {
      responses: [...groupByTopic(known)].map(([topic, partitions]) => ({ topic, partitions })),
    };
  }

  #begin(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const key = keyOf({ topic, partition });
      if (!this.#settled.has(key) && !this.#unsettled.has(key))
        this.#unsettled.set(key, { topic, partition });
    }
    if (this.#unsettled.size === 0 || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    for (let failures = 0; this.#unsettled.size > 0 && !signal.aborted;) {
      this.#triedAt = performance.now();
      this.#trying = this.#tryAll([...this.#unsettled.values()]);
      await this.#trying;
      if (this.#unsettled.size === 0) break;
      this.#tell();
      this.#refreshLeaders();
      failures += 1;
      await sleep(delayAfter(failures, AGAIN), signal);
    }
  }

  async #tryAll(unsettled: readonly Unsettled[]): Promise<void> {
    try {
      const missing: (Unsettled & { readonly end: LogEnd })[] = [];
      const committed = await this.#committed(unsettled);
      for (const each of unsettled) {
        const position = committed.get(keyOf(each)) ?? -1n;
        if (position >= 0n) this.#settle({ ...each, offset: position });
        else missing.push({ ...each, end: this.rules.endFor(each, position) });
      }
      await Promise.all(byLeader(this.rules.cluster, missing).map((together) => this.#find(together)));
    } catch (error) {
      this.#failed(unsettled, { why: asError(error).message, unread: false });
    }
    this.#checkReady();
  }

  async #committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>> {
    const topics = [...groupByTopic(partitions)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition }) => ({ partition })),
    }));
    const { responses } = await this.coordinator.offsetFetch({ groupId: this.rules.groupId, topics });
    return new Map(
      responses.flatMap(({ topic, partitions: ofTopic }) =>
        ofTopic.map(({ partition, offset }) => [keyOf({ topic, partition }), BigInt(offset)] as const),
      ),
    );
  }

  /** Looks the starts up and commits those that are to be. */
  async #find(partitions: readonly (TopicPartition & { readonly end: LogEnd })[]): Promise<void> {
    const [first] = partitions;
    if (first === undefined) return;
    const { found } = this.rules;
    const wanted = partitions.filter((partition) => !found.has(keyOf(partition)));
    const ends = await logEnds(this.rules.cluster, wanted, first.end);
    for (const { why, ...partition } of ends.failed) this.#failed([partition], { why, unread: true });
    for (const position of ends.found) {
      if (this.rules.isCommitted(position)) found.set(keyOf(position), position.offset);
      else this.#settle(position);
    }
    const toCommit = partitions.flatMap(({ topic, partition }) => {
      const offset = found.get(keyOf({ topic, partition }));
      return offset === undefined ? [] : [{ topic, partition, offset }];
    });
    // Each topic by itself: the rights may differ.
    await Promise.all([...groupByTopic(toCommit).values()].map((ofTopic) => this.#commit(ofTopic)));
    this.#checkReady();
  }

  async #commit(positions: readonly PartitionPosition[]): Promise<void> {
    if (this.#over.signal.aborted) return;
    const { generationId, memberId } = this.#membership ?? {};
    try {
      await this.coordinator.offsetCommit({
        groupId: this.rules.groupId,
        memberId,
        groupGenerationId: generationId,
        topics: toOffsets(positions),
      });
      for (const position of positions) this.#settle(position);
    } catch (error) {
      const { type } = error as { readonly type?: string };
      // Nor may this client read the topic then.
      const unread = type === 'TOPIC_AUTHORIZATION_FAILED' || type === 'UNKNOWN_TOPIC_OR_PARTITION';
      this.#failed(positions, { why: asError(error).message, unread });
    }
  }

  #settle(position: PartitionPosition): void {
    const key = keyOf(position);
    this.rules.found.delete(key);
    this.#unsettled.delete(key);
    this.#settled.set(key, position.offset);
  }

  #failed(partitions: readonly TopicPartition[], failure: Unsettled['failure'] & object): void {
    for (const partition of partitions) {
      const unsettled = this.#unsettled.get(keyOf(partition));
      if (unsettled !== undefined) unsettled.failure = failure;
    }
  }

  #checkReady(): void {
    if (this.#onReady === undefined || this.#over.signal.aborted) return;
    const waitsLong = performance.now() - this.#begunAt >= START_WAITS_MS;
    const left = [...this.#unsettled.values()].filter((partition) => this.rules.isCommitted(partition));
    if (left.every(({ failure }) => waitsLong && failure?.unread === true)) this.#onReady();
  }

  /** Behind the scenes: while a partition has no leader this takes many attempts, and fails. */
  #refreshLeaders(): void {
    const isUnread = [...this.#unsettled.values()].some(({ failure }) => failure?.unread);
    if (!isUnread || this.#refreshing !== undefined) return;
    this.#refreshing = settlesWithin(this.rules.cluster.refreshMetadata(), REFRESH_MS).finally(() => {
      this.#refreshing = undefined;
    });
  }

  /** Says once in a generation what could not be settled. */
  #tell(): void {
    const failed = [...this.#unsettled.values()].filter(({ failure }) => failure !== undefined);
    if (this.#told || failed.length === 0 || this.#over.signal.aborted) return;
    this.#told = true;
    this.rules.logger.warn('partitions have no position to start from yet; it is looked for again', {
      groupId: this.rules.groupId,
      error: failed
        .map(({ topic, partition, failure }) => `${topic}/${partition}: ${failure?.why}`)
        .join('; '),
    });
  }
}

function partitionsOf({ topics }: OffsetsRequest) {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({
      topic,
      partition,
      ...(offset === undefined ? {} : { offset }),
    })),
  );
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
