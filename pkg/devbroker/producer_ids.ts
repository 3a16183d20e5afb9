/** Epochs are int16; a producer that used them all gets a new id. */
const LAST_EPOCH = 32_767;

/** Hands out producer ids, each once. */
export class ProducerIds {
  private lastId = 0n;

  /** The next epoch of the producer that asks with its id, else a fresh id with epoch 0. */
  next(current: { producerId: bigint; producerEpoch: number }): {
    producerId: bigint;
    producerEpoch: number;
  } {
    const { producerId, producerEpoch } = current;
    if (producerId >= 0n && producerId <= this.lastId && producerEpoch >= 0 && producerEpoch < LAST_EPOCH) {
      return { producerId, producerEpoch: producerEpoch + 1 };
    }
    this.lastId += 1n;
    return { producerId: this.lastId, producerEpoch: 0 };
  }
}
