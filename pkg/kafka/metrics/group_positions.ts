import { asError, settlesWithin } from '../async.js';
import { type KafkaAdmin, type PartitionLag } from '../admin.js';
import { type ConsumerStatus } from '../consumer/consumer_status.js';
import { type PartitionStatus } from '../consumer/partition_status.js';
import { type Logger } from '../../logger/index.js';
import { silentLogger } from '../silent_logger.js';

/** Settings of {@link GroupPositions}. */
export interface GroupPositionsOptions {
  readonly logger?: Pick<Logger, 'warn'>;
  /** Milliseconds for which an answer of the brokers will do. Default 15,000. */
  readonly maxAgeMs?: number;
  /** Milliseconds that {@link GroupPositions.refresh} waits for an answer. Default 1,000. */
  readonly patienceMs?: number;
}

/** A partition that was just given to this instance is asked for at once, but no more often than this. */
const SHORTEST_AGE_MS = 1_000;

/** What both may be asked about: a partition, as its consumer knows it. */
type Known = Pick<PartitionStatus, 'topic' | 'partition' | 'position' | 'lag' | 'committed'>;

/**
 * How far groups are in the partitions of this instance, where fetching does not tell it: a partition that is held
 * is not fetched, so that its consumer knows nothing of what comes; one that was just assigned and is idle tells
 * nothing at all. So the brokers are asked as well, now and then, when somebody wants to know.
 */
export class GroupPositions {
  private readonly found = new Map<string, PartitionLag>();
  private readonly logger: Pick<Logger, 'warn'>;
  private readonly maxAgeMs: number;
  private readonly patienceMs: number;
  private askedAt = -Infinity;
  private asking: Promise<void> | undefined;
  private complaint = '';

  constructor(
    private readonly admin: Pick<KafkaAdmin, 'groupLag'>,
    { logger = silentLogger, maxAgeMs = 15_000, patienceMs = 1_000 }: GroupPositionsOptions = {},
  ) {
    this.logger = logger;
    this.maxAgeMs = maxAgeMs;
    this.patienceMs = patienceMs;
  }

  /**
   * Asks the brokers, unless their last answer is recent. Never rejects: where they do not answer, or not in time,
   * what was known before is told on.
   */
  async refresh(consumers: readonly ConsumerStatus[]): Promise<void> {
    const assigned = consumers.filter(({ partitions }) => partitions.length > 0);
    const age = performance.now() - this.askedAt;
    if (assigned.length > 0 && age >= this.longestAge(assigned)) {
      this.askedAt = performance.now();
      this.asking ??= this.ask(assigned).finally(() => (this.asking = undefined));
    }
    if (this.asking !== undefined) await settlesWithin(this.asking, this.patienceMs);
  }

  /** Messages from the first that is not finished to the end; undefined where nothing is known yet. */
  lag(groupId: string, partition: Known): number | undefined {
    const answer = this.found.get(keyOf(groupId, partition));
    const position = partition.position === null ? undefined : BigInt(partition.position);
    if (answer === undefined) return partition.lag === null ? undefined : Number(partition.lag);
    const end = BigInt(answer.end);
    const from = position ?? end - BigInt(answer.lag);
    // A fetch may have told since of a later end than the brokers' answer.
    const fetched = position === undefined || partition.lag === null ? 0n : position + BigInt(partition.lag);
    const left = (fetched > end ? fetched : end) - from;
    return left > 0n ? Number(left) : 0;
  }

  /** The committed position; undefined where the group has none, or none is known. */
  committed(groupId: string, partition: Known): number | undefined {
    const offset = partition.committed ?? this.found.get(keyOf(groupId, partition))?.committed ?? null;
    return offset === null ? undefined : Number(offset);
  }

  private longestAge(consumers: readonly ConsumerStatus[]): number {
    const isNews = consumers.some(({ groupId, partitions }) =>
      partitions.some((one) => !this.found.has(keyOf(groupId, one))),
    );
    return isNews ? Math.min(SHORTEST_AGE_MS, this.maxAgeMs) : this.maxAgeMs;
  }

  private async ask(consumers: readonly ConsumerStatus[]): Promise<void> {
    try {
      const answers = await Promise.all(
        consumers.map(async ({ groupId, partitions }) => {
          const topics = [...new Set(partitions.map(({ topic }) => topic))];
          const all = await this.admin.groupLag(groupId, topics);
          return all.map((one) => [keyOf(groupId, one), one] as const);
        }),
      );
      this.found.clear();
      for (const [key, answer] of answers.flat()) this.found.set(key, answer);
      this.complaint = '';
    } catch (thrown) {
      const error = asError(thrown);
      // Once, and not with each question.
      if (error.message !== this.complaint) this.logger.warn('the lag of groups cannot be told', { error });
      this.complaint = error.message;
    }
  }
}

function keyOf(groupId: string, { topic, partition }: Pick<Known, 'topic' | 'partition'>): string {
  return JSON.stringify([groupId, topic, partition]);
}
