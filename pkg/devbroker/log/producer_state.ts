import { ErrorCode } from '../wire/errors.js';
import { type BatchHeader, InvalidBatch } from './record_batch.js';

/** As many batches of a producer are remembered as it may have in flight (Apache Kafka's number). */
const REMEMBERED_BATCHES = 5;

/** Every run of a client is a producer of its own, so the list would grow for ever; who is forgotten counts as new. */
const REMEMBERED_PRODUCERS = 10_000;

interface SeenBatch {
  firstSequence: number;
  lastSequence: number;
  baseOffset: bigint;
}

interface ProducerEntry {
  epoch: number;
  batches: SeenBatch[];
}

/** Sequence numbers are int32 and wrap to 0 after 2^31 - 1. */
function advanceSequence(sequence: number, by: number): number {
  return (sequence + by) % 2 ** 31;
}

/**
 * What one partition knows of its idempotent producers: enough to answer a repeated batch with its first
 * offset and to refuse a batch that does not follow the last one.
 */
export class ProducerState {
  private readonly producers = new Map<bigint, ProducerEntry>();

  /**
   * Judges a batch before it is appended.
   * @returns the offset of its first copy when it is a repetition, else null
   * @throws InvalidBatch with OUT_OF_ORDER_SEQUENCE_NUMBER or INVALID_PRODUCER_EPOCH
   */
  check(header: BatchHeader): bigint | null {
    if (header.producerId < 0n) return null;
    const known = this.producers.get(header.producerId);
    if (!known) return null;
    if (header.producerEpoch < known.epoch) {
      throw new InvalidBatch(
        ErrorCode.INVALID_PRODUCER_EPOCH,
        `epoch ${header.producerEpoch} of producer ${header.producerId} is older than ${known.epoch}`,
      );
    }
    if (header.producerEpoch > known.epoch) {
      if (header.baseSequence !== 0) throw outOfOrder(header, 0);
      return null;
    }
    const lastSequence = advanceSequence(header.baseSequence, header.lastOffsetDelta);
    const repeated = known.batches.find(
      (batch) => batch.firstSequence === header.baseSequence && batch.lastSequence === lastSequence,
    );
    if (repeated) return repeated.baseOffset;
    const last = known.batches.at(-1);
    const expected = last ? advanceSequence(last.lastSequence, 1) : 0;
    if (header.baseSequence !== expected) throw outOfOrder(header, expected);
    return null;
  }

  /** Remembers an appended batch. */
  record(header: BatchHeader, baseOffset: bigint): void {
    if (header.producerId < 0n) return;
    let entry = this.producers.get(header.producerId);
    if (entry?.epoch !== header.producerEpoch) entry = { epoch: header.producerEpoch, batches: [] };
    // Put in anew each time, so that the first in the map is the one that has been silent for longest.
    this.producers.delete(header.producerId);
    this.producers.set(header.producerId, entry);
    if (this.producers.size > REMEMBERED_PRODUCERS) this.forgetOldest();
    const firstSequence = header.baseSequence;
    const lastSequence = advanceSequence(firstSequence, header.lastOffsetDelta);
    entry.batches.push({ firstSequence, lastSequence, baseOffset });
    if (entry.batches.length > REMEMBERED_BATCHES) entry.batches.shift();
  }

  private forgetOldest(): void {
    for (const producerId of this.producers.keys()) {
      this.producers.delete(producerId);
      return;
    }
  }
}

function outOfOrder(header: BatchHeader, expected: number): InvalidBatch {
  return new InvalidBatch(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `producer ${header.producerId} sent sequence ${header.baseSequence}, expected ${expected}`,
  );
}
