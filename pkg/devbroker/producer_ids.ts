import { type ProducerIdStore } from './log/storage.js';

/** As many ids are reserved at a time, as in Apache Kafka; those left over at the end of the process are skipped. */
const BLOCK = 1000n;

/** Hands out producer ids, each once, also over restarts. */
export class ProducerIds {
  private lastId: bigint;

  constructor(private readonly store: ProducerIdStore) {
    this.lastId = store.firstFreeProducerId - 1n;
  }

  /** A fresh id with epoch 0. @throws StorageError when further ids cannot be reserved */
  next(): { producerId: bigint; producerEpoch: number } {
    const id = this.lastId + 1n;
    if (id >= this.store.firstFreeProducerId) this.store.reserveProducerIds(id + BLOCK);
    this.lastId = id;
    return { producerId: id, producerEpoch: 0 };
  }
}
