import { setTimeout } from 'node:timers/promises';
import type { TopicPartition } from '../driver.js';
import type { ProducerStamp } from '../records/encode.js';
import { protocolError } from './internals.js';
import { toDriverError } from './errors.js';
import type { ClusterLink } from './link.js';
import { initProducerId } from './wire/init_producer_id.js';

const NONE = 0;
const MAX_SEQUENCE = 2 ** 31;
/** A broker that has just started is not ready to give out ids: about 5 s in all. */
const ATTEMPTS = 12;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 500;
const NOT_READY = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'CONCURRENT_TRANSACTIONS',
]);

/** What {@link ProducerIdentity.obtain} gives. */
export type ProducerId = Pick<ProducerStamp, 'producerId' | 'producerEpoch'>;

interface Numbering {
  readonly id: ProducerId;
  next: number;
}

/**
 * What a broker knows a producer by: an id, and a number for every record of a partition, by which a batch
 * that comes a second time is recognised. A number may be used for other records only when those that had
 * it were certainly not stored. Where that is not certain, the partition goes on under a new id.
 */
export class ProducerIdentity {
  #current: ProducerId | undefined;
  #obtaining: Promise<ProducerId> | undefined;
  readonly #numbering = new Map<string, Numbering>();

  constructor(private readonly link: ClusterLink) {}

  /** The id for a request, under which those of its partitions begin that have none. @throws DriverError */
  async obtain(): Promise<ProducerId> {
    if (this.#current !== undefined) return this.#current;
    this.#obtaining ??= this.#ask().finally(() => {
      this.#obtaining = undefined;
    });
    this.#current = await this.#obtaining;
    return this.#current;
  }

  /**
   * What the next batch of a partition says.
   *
   * @param id obtained for its request. Other partitions may have given it up since, but not this one: that it does
   *   only while nothing of it is on its way.
   */
  stamp(partition: TopicPartition, id: ProducerId): ProducerStamp {
    const key = keyOf(partition);
    const numbering = this.#numbering.get(key) ?? { id, next: 0 };
    this.#numbering.set(key, numbering);
    return { ...numbering.id, baseSequence: numbering.next };
  }

  /** The batch of that many records, which was stamped, is stored. */
  advance(partition: TopicPartition, records: number): void {
    const numbering = this.#numbering.get(keyOf(partition));
    if (numbering !== undefined) numbering.next = (numbering.next + records) % MAX_SEQUENCE;
  }

  /** The partition goes on under an id that it never had. */
  renounce(partition: TopicPartition): void {
    const key = keyOf(partition);
    // Other partitions keep the id that they have; the next one that this one gets is new to it.
    if (this.#numbering.get(key)?.id === this.#current) this.#current = undefined;
    this.#numbering.delete(key);
  }

  async #ask(): Promise<ProducerId> {
    for (let attempt = 1; ; attempt += 1) {
      const { errorCode, producerId, producerEpoch } = await this.link.requestAny(initProducerId());
      if (errorCode === NONE) return { producerId, producerEpoch };
      const error = protocolError(errorCode);
      if (!NOT_READY.has(error.type) || attempt === ATTEMPTS) throw toDriverError(error);
      await setTimeout(Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS));
    }
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
