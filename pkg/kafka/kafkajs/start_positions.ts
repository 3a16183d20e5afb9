import type { Broker, Cluster } from 'kafkajs';
import type { TopicPartition } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { GenerationStarts, type Coordinator } from './generation_starts.js';
import type { LogEnd } from './log_ends.js';

/** kafkajs commits it where the log no longer has the position: the group had one, and begins at the beginning. */
const GONE = -2n;

interface StartPositionsParts {
  readonly cluster: Cluster;
  readonly groupId: string;
  readonly topics: readonly { readonly topic: string; readonly fromBeginning: boolean }[];
  readonly logger: Logger;
}

/**
 * Where a group begins to read the partitions of which it has no position. kafkajs looks the end of a log up anew in
 * every generation until something was read and committed, so that what is sent to an idle partition between two
 * generations is skipped. Here that start is found once, and committed under the generation before anything is read.
 * Each partition is settled by itself: one that cannot be does not keep the others waiting.
 */
export class StartPositions {
  readonly #latest: ReadonlySet<string>;
  /** How many partitions a topic had at first: all that came later is newer than the group. */
  readonly #atFirst = new Map<string, number>();
  /** Ends that were found and are not committed, also under an earlier generation. */
  readonly #found = new Map<string, bigint>();
  #generation: GenerationStarts | undefined;

  constructor(private readonly parts: StartPositionsParts) {
    this.#latest = new Set(
      parts.topics.flatMap(({ topic, fromBeginning }) => (fromBeginning ? [] : [topic])),
    );
  }

  /** Gives kafkajs positions by the coordinators that it finds, one for each generation. */
  attach(): void {
    const { cluster } = this.parts;
    const find = cluster.findGroupCoordinator.bind(cluster);
    cluster.findGroupCoordinator = async (group) => {
      this.end();
      const coordinator = await find(group);
      this.#generation = new GenerationStarts(coordinator as unknown as Coordinator, {
        ...this.parts,
        found: this.#found,
        isCommitted: (partition) => this.#latest.has(partition.topic),
        endFor: (partition, committed) => this.#endFor(partition, committed),
      });
      // followCoordinators made an object of calls of it, which needs nothing of its class.
      return { ...coordinator, ...this.#generation.calls() } as unknown as Broker;
    };
  }

  /**
   * Settles the starts of the partitions that were just assigned. Resolves when all that are to be committed are, or
   * when only such are left whose logs cannot be asked for long; never when the generation ends before.
   */
  async settle(partitions: readonly TopicPartition[]): Promise<void> {
    for (const topic of this.#latest) {
      const count = this.parts.cluster.findTopicPartitionMetadata(topic).length;
      if (!this.#atFirst.has(topic) && count > 0) this.#atFirst.set(topic, count);
    }
    await this.#generation?.settle(partitions);
  }

  /** Why a start is not settled, where that has failed. */
  get failure(): string | undefined {
    return this.#generation?.failure;
  }

  /** The generation is over. */
  end(): void {
    this.#generation?.end();
  }

  #endFor({ topic, partition }: TopicPartition, committed: bigint): LogEnd {
    const isNew = partition >= (this.#atFirst.get(topic) ?? Infinity);
    return committed === GONE || isNew || !this.#latest.has(topic) ? 'earliest' : 'latest';
  }
}
