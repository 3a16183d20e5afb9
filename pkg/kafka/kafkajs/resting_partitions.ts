import type { TopicPartition } from '../driver.js';
import type { FetchedData } from './internals.js';

const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 2_000;

/** What a broker answers of a partition that it does not lead (now), or cannot read at the moment. */
const RESTING_ERRORS = new Set([
  2, // CORRUPT_MESSAGE
  3, // UNKNOWN_TOPIC_OR_PARTITION
  5, // LEADER_NOT_AVAILABLE
  6, // NOT_LEADER_OR_FOLLOWER
  9, // REPLICA_NOT_AVAILABLE
  56, // KAFKA_STORAGE_ERROR
  74, // FENCED_LEADER_EPOCH
  75, // UNKNOWN_LEADER_EPOCH
  78, // OFFSET_NOT_AVAILABLE
]);

/** Some partitions of a fetch could not be read; of the others the answer is lost, and they are asked again. */
export class PartitionsFailed extends Error {
  constructor(
    readonly partitions: readonly TopicPartition[],
    override readonly cause: unknown,
  ) {
    super(
      `${partitions.map(({ topic, partition }) => `${topic}/${partition}`).join(', ')}: ${String(cause)}`,
    );
  }
}

/**
 * Calls kafkajs's check of an answer, and tells which partitions failed where it is only they that cannot be read.
 * @throws PartitionsFailed; else what the check throws
 */
export async function naming(
  data: FetchedData,
  check: (data: FetchedData) => Promise<FetchedData>,
): Promise<FetchedData> {
  try {
    return await check(data);
  } catch (error) {
    const failed = data.responses.flatMap(({ topicName: topic, partitions }) =>
      partitions.filter(({ errorCode }) => errorCode !== 0).map((each) => ({ ...each, topic })),
    );
    const rest = failed.length > 0 && failed.every(({ errorCode }) => RESTING_ERRORS.has(errorCode));
    const damage = failed.find((each) => each.damage !== undefined)?.damage;
    throw rest ? new PartitionsFailed(failed, damage ?? error) : error;
  }
}

/** Partitions that are not asked for for a while, since they could not be read. */
export class RestingPartitions {
  readonly #resting = new Map<string, { readonly count: number; readonly until: number }>();

  /** Lets partitions rest: each time in a row that they failed for longer. */
  rest(partitions: readonly TopicPartition[]): void {
    const now = performance.now();
    for (const partition of partitions) {
      const key = keyOf(partition);
      const count = this.#resting.get(key)?.count ?? 0;
      const until = now + Math.min(FIRST_REST_MS * 2 ** count, LONGEST_REST_MS);
      this.#resting.set(key, { count: Math.min(count + 1, 10), until });
    }
  }

  includes(partition: TopicPartition): boolean {
    const resting = this.#resting.get(keyOf(partition));
    return resting !== undefined && resting.until > performance.now();
  }

  /** A fetch was answered: what it asked for can be read. */
  answered(): void {
    const now = performance.now();
    for (const [key, { until }] of this.#resting) if (until <= now) this.#resting.delete(key);
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
