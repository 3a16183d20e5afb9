import { type ProducerIdStore } from './log/storage.js';

/** Epochs are int16; a producer that used them all gets a new id. */
const LAST_EPOCH = 32_767;

/** As many ids are reserved at a time, as in Apache Kafka; those left over at the end of the process are skipped. */
const BLOCK = 1000n;

/** Hands out producer ids, each once, also over restarts. */
export class ProducerIds {
  private lastId: bigint;

  constructor(private readonly store: ProducerIdStore) {
    this.lastId = store.firstFreeProducerId - 1n;
  }

  /**
   * The next epoch of the producer that asks with its id, else a fresh id with epoch 0.
   * @throws StorageError when further ids cannot be reserved
   */
  next(current: { producerId: bigint; producerEpoch: number }): {
    producerId: bigint;
    producerEpoch: number;
  } {
    const { producerId, producerEpoch } = current;
    if (producerId >= 0n && producerId <= this.lastId && producerEpoch >= 0 && producerEpoch < LAST_EPOCH) {
      return { producerId, producerEpoch: producerEpoch + 1 };
    }
    const id = this.lastId + 1n;
    if (id >= this.store.firstFreeProducerId) this.store.reserveProducerIds(id + BLOCK);
    this.lastId = id;
    return { producerId: id, producerEpoch: 0 };
  }
}
