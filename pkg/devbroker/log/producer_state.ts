import { ErrorCode } from '../wire/errors.js';
import { type BatchHeader, InvalidBatch } from './record_batch.js';

/** As many batches of a producer are remembered as it may have in flight (Apache Kafka's number). */
const REMEMBERED_BATCHES = 5;

/** Every run of a client is a producer of its own; who is forgotten counts as new. */
const REMEMBERED_PRODUCERS = 10_000;

/** A producer that has been silent for a day is forgotten (Apache Kafka's producer.id.expiration.ms). */
const EXPIRES_AFTER_MS = 24 * 60 * 60 * 1000;

export interface SeenBatch {
  firstSequence: number;
  lastSequence: number;
  baseOffset: bigint;
}

interface ProducerEntry {
  epoch: number;
  batches: SeenBatch[];
  /** The latest time in its last batch, in milliseconds. */
  lastTimestamp: number;
  /** When it was first found silent, by the broker's clock; null when it has sent since. */
  silentSince: number | null;
}

/** What a snapshot holds of one producer. */
export interface KnownProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  /** In milliseconds; stands for the time of its last batch. */
  readonly silentSince: number;
  readonly batches: readonly SeenBatch[];
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
    if (entry?.epoch !== header.producerEpoch) {
      entry = { epoch: header.producerEpoch, batches: [], lastTimestamp: 0, silentSince: null };
    }
    // Put in anew each time, so that the first in the map is the one that has been silent for longest.
    this.producers.delete(header.producerId);
    this.producers.set(header.producerId, entry);
    if (this.producers.size > REMEMBERED_PRODUCERS) this.forgetOldest();
    const firstSequence = header.baseSequence;
    const lastSequence = advanceSequence(firstSequence, header.lastOffsetDelta);
    entry.lastTimestamp = Number(header.maxTimestamp);
    entry.silentSince = null;
    entry.batches.push({ firstSequence, lastSequence, baseOffset });
    if (entry.batches.length > REMEMBERED_BATCHES) entry.batches.shift();
  }

  private forgetOldest(): void {
    for (const producerId of this.producers.keys()) {
      this.producers.delete(producerId);
      return;
    }
  }

  /**
   * Forgets who has been silent for a day at the time `now` (milliseconds). Silence counts from the first call that
   * finds it, as clients may give their batches any time.
   */
  expire(now: number): void {
    for (const [producerId, entry] of this.producers) {
      entry.silentSince ??= now;
      if (now - entry.silentSince >= EXPIRES_AFTER_MS) this.producers.delete(producerId);
    }
  }

  /** What the batches before `offset` say: together with the batches from there on it makes up the whole state. */
  snapshot(offset: bigint): KnownProducer[] {
    return [...this.producers].flatMap(([producerId, { epoch, batches, lastTimestamp, silentSince }]) => {
      const before = batches.filter(({ baseOffset }) => baseOffset < offset);
      return before.length === 0
        ? []
        : [{ producerId, epoch, silentSince: silentSince ?? lastTimestamp, batches: before }];
    });
  }

  /** Begins with a snapshot; the batches that follow it are to be recorded next. */
  restore(known: readonly KnownProducer[]): void {
    for (const { producerId, epoch, silentSince, batches } of known) {
      const entry = { epoch, batches: [...batches], lastTimestamp: silentSince, silentSince };
      this.producers.set(producerId, entry);
    }
  }
}

function outOfOrder(header: BatchHeader, expected: number): InvalidBatch {
  return new InvalidBatch(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `producer ${header.producerId} sent sequence ${header.baseSequence}, expected ${expected}`,
  );
}
