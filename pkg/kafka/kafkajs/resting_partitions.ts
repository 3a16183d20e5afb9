import type { TopicPartition } from '../driver.js';
import { OnceAMinute } from '../once_a_minute.js';
import { missingRight } from '../security/access_failure.js';
import { protocolError, type FetchedData, type PartitionData } from './internals.js';

const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 2_000;

const NONE = 0;
const TOPIC_AUTHORIZATION_FAILED = 29;
/** What a broker answers of a partition that it does not lead (now), or that cannot be read at the moment. */
const RESTING_ERRORS = new Set([
  TOPIC_AUTHORIZATION_FAILED,
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

/** A partition that could not be read, and why. */
export interface FailedPartition extends TopicPartition {
  readonly reason: string;
  /** No other leader mends it: its records are damaged. */
  readonly lasting: boolean;
}

interface Resting {
  /** How often in a row it could not be read. */
  readonly count: number;
  readonly until: number;
  /** Whether it was told to be unreadable, for a cause that lasts. */
  readonly told: boolean;
}

/** Partitions that are not asked for for a while, since they could not be read. */
export class RestingPartitions {
  readonly #resting = new Map<string, Resting>();
  readonly #said = new OnceAMinute();
  #failed: FailedPartition[] = [];
  /** Told why a partition cannot be read, where that lasts, and when it can be again. */
  onUnreadable: (partition: TopicPartition, reason: string | undefined) => void = () => undefined;
  /** Told of the right that is missing, with each answer that says so. */
  onRightMissing: (right: string) => void = () => undefined;

  /**
   * Takes out of an answer what could not be read, so that the others of it are not lost: kafkajs fails an answer
   * as a whole. Such a partition rests, each time in a row for longer.
   */
  sift(data: FetchedData): FetchedData {
    let failures = 0;
    for (const { topicName: topic, partitions } of data.responses) {
      for (const answer of partitions) {
        if (RESTING_ERRORS.has(answer.errorCode)) {
          failures += 1;
          this.#rest({ ...answer, topic });
        } else if (this.#resting.size > 0 && answer.errorCode === NONE) {
          this.#forget({ ...answer, topic });
        }
      }
    }
    if (failures === 0) return data;
    const responses = data.responses.map((topic) => ({
      ...topic,
      partitions: topic.partitions.filter(({ errorCode }) => !RESTING_ERRORS.has(errorCode)),
    }));
    return { ...data, responses };
  }

  includes(partition: TopicPartition): boolean {
    const resting = this.#resting.get(keyOf(partition));
    return resting !== undefined && resting.until > performance.now();
  }

  /** What could not be read since the last call, but for want of a right; damage once a minute. */
  takeFailed(): FailedPartition[] {
    return this.#failed.splice(0);
  }

  #rest({ topic, partition, errorCode, damage }: TopicPartition & PartitionData): void {
    const key = keyOf({ topic, partition });
    const now = performance.now();
    const { count = 0, told = false } = this.#resting.get(key) ?? {};
    const until = now + Math.min(FIRST_REST_MS * 2 ** count, LONGEST_REST_MS);
    const right = errorCode === TOPIC_AUTHORIZATION_FAILED ? missingRight('READ', 'topic', topic) : undefined;
    const lasting = damage ?? right;
    this.#resting.set(key, { count: Math.min(count + 1, 10), until, told: told || lasting !== undefined });
    if (right !== undefined) {
      this.onRightMissing(right);
    } else if (damage === undefined || this.#said.isNews(`${key} ${damage}`)) {
      const reason = damage ?? protocolError(errorCode).message;
      this.#failed.push({ topic, partition, lasting: damage !== undefined, reason });
    }
    if (lasting !== undefined) this.onUnreadable({ topic, partition }, lasting);
  }

  #forget(partition: TopicPartition): void {
    const key = keyOf(partition);
    if (this.#resting.get(key)?.told === true) this.onUnreadable(partition, undefined);
    this.#resting.delete(key);
  }
}

const restingOf = new WeakMap<object, RestingPartitions>();

/** Those of one kafkajs cluster, which is that of one consumer. */
export function restingIn(cluster: object): RestingPartitions {
  const resting = restingOf.get(cluster) ?? new RestingPartitions();
  restingOf.set(cluster, resting);
  return resting;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
