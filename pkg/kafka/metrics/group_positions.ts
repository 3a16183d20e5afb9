import { asError, settlesWithin } from '../async.js';
import { type KafkaAdmin, type PartitionLag } from '../admin.js';
import { type ConsumerStatus } from '../consumer/consumer_status.js';
import { type PartitionStatus } from '../consumer/partition_status.js';
import { type TopicPartition } from '../driver.js';
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
/** An answer is told on for so many times as long as it will do, while there is none after it. */
const AGES_WITHOUT_ANSWER = 4;

/** What both may be asked about: a partition, as its consumer knows it. */
type Known = Pick<PartitionStatus, 'topic' | 'partition' | 'position' | 'lag' | 'committed' | 'holds'>;

/**
 * How far groups are in the partitions of this instance, where fetching does not tell it: a partition that is held
 * is not fetched, so that its consumer knows nothing of what comes; one that was just assigned and is idle tells
 * nothing at all. So the brokers are asked as well, now and then, when somebody wants to know.
 */
export class GroupPositions {
  private readonly groups = new Map<string, GroupAnswers>();
  private readonly settings: AnswerSettings;

  constructor(
    private readonly admin: Pick<KafkaAdmin, 'groupLag'>,
    { logger = silentLogger, maxAgeMs = 15_000, patienceMs = 1_000 }: GroupPositionsOptions = {},
  ) {
    this.settings = { logger, maxAgeMs, patienceMs };
  }

  /**
   * Asks the brokers, unless their last answer is recent. Never rejects: where they do not answer about a group, or
   * not in time, what was known of it before is told on for a while.
   */
  async refresh(consumers: readonly ConsumerStatus[]): Promise<void> {
    const assigned = consumers.filter(({ partitions }) => partitions.length > 0);
    await Promise.all(assigned.map(({ groupId, partitions }) => this.answersOf(groupId).refresh(partitions)));
  }

  /** Messages from the first that is not finished to the end; undefined where nothing is known yet. */
  lag(groupId: string, partition: Known): number | undefined {
    const answer = this.groups.get(groupId)?.of(partition);
    const position = partition.position === null ? undefined : BigInt(partition.position);
    if (answer === undefined) {
      const isFetched = partition.holds.length === 0 && partition.lag !== null;
      return isFetched ? Number(partition.lag) : undefined;
    }
    const end = BigInt(answer.end);
    const from = position ?? end - BigInt(answer.lag);
    // A fetch may have told since of a later end than the brokers' answer.
    const fetched = position === undefined || partition.lag === null ? 0n : position + BigInt(partition.lag);
    const left = (fetched > end ? fetched : end) - from;
    return left > 0n ? Number(left) : 0;
  }

  /** The committed position; undefined where the group has none, or none is known. */
  committed(groupId: string, partition: Known): number | undefined {
    const offset = partition.committed ?? this.groups.get(groupId)?.of(partition)?.committed ?? null;
    return offset === null ? undefined : Number(offset);
  }

  private answersOf(groupId: string): GroupAnswers {
    const known = this.groups.get(groupId);
    if (known !== undefined) return known;
    const answers = new GroupAnswers(groupId, this.admin, this.settings);
    this.groups.set(groupId, answers);
    return answers;
  }
}

type AnswerSettings = Required<GroupPositionsOptions>;

/** What the brokers say of one group: where they do not, others are not to suffer. */
class GroupAnswers {
  private readonly found = new Map<string, PartitionLag>();
  private askedAt = -Infinity;
  /** When the first question was asked of those that have no answer yet. */
  private unansweredSince: number | undefined;
  private asking: Promise<void> | undefined;
  private complaint = '';

  constructor(
    private readonly groupId: string,
    private readonly admin: Pick<KafkaAdmin, 'groupLag'>,
    private readonly settings: AnswerSettings,
  ) {}

  of(partition: TopicPartition): PartitionLag | undefined {
    return this.found.get(keyOf(partition));
  }

  async refresh(partitions: readonly TopicPartition[]): Promise<void> {
    const { maxAgeMs, patienceMs } = this.settings;
    const now = performance.now();
    const isNews = partitions.some((one) => this.of(one) === undefined);
    if (now - this.askedAt >= (isNews ? Math.min(SHORTEST_AGE_MS, maxAgeMs) : maxAgeMs)) {
      this.askedAt = now;
      this.unansweredSince ??= now;
      this.asking ??= this.ask(partitions).finally(() => (this.asking = undefined));
    }
    if (this.asking !== undefined) await settlesWithin(this.asking, patienceMs);
    const { unansweredSince = Infinity } = this;
    if (performance.now() - unansweredSince > AGES_WITHOUT_ANSWER * maxAgeMs) this.found.clear();
  }

  private async ask(partitions: readonly TopicPartition[]): Promise<void> {
    const { groupId } = this;
    try {
      const topics = [...new Set(partitions.map(({ topic }) => topic))];
      const answers = await this.admin.groupLag(groupId, topics);
      this.found.clear();
      for (const answer of answers) this.found.set(keyOf(answer), answer);
      this.unansweredSince = undefined;
      this.complaint = '';
    } catch (thrown) {
      const error = asError(thrown);
      // Once, and not with each question.
      if (error.message !== this.complaint) {
        this.settings.logger.warn('the lag of a group cannot be told', { groupId, error });
      }
      this.complaint = error.message;
    }
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return JSON.stringify([topic, partition]);
}
