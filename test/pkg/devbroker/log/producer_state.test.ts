import { expect } from 'chai';
import fc from 'fast-check';
import { ProducerState } from '../../../../pkg/devbroker/log/producer_state.js';
import { type BatchHeader, InvalidBatch } from '../../../../pkg/devbroker/log/record_batch.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';

const SEQUENCES = 2 ** 31;

interface Sent {
  epoch: number;
  sequence: number;
  count: number;
}

function header({ epoch, sequence, count }: Sent, producerId = 1n): BatchHeader {
  return {
    baseOffset: 0n,
    size: 61,
    attributes: 0,
    lastOffsetDelta: count - 1,
    maxTimestamp: 0n,
    producerId,
    producerEpoch: epoch,
    baseSequence: sequence,
    recordCount: count,
  };
}

type Verdict = { appended: bigint } | { repeated: bigint } | { refused: number };

/** One partition's end of the log, and the state under test. */
class Partition {
  private readonly state = new ProducerState();
  private endOffset = 0n;

  send(sent: Sent, producerId?: bigint): Verdict {
    const wanted = header(sent, producerId);
    try {
      const repeated = this.state.check(wanted);
      if (repeated !== null) return { repeated };
    } catch (error) {
      if (error instanceof InvalidBatch) return { refused: error.code };
      throw error;
    }
    const baseOffset = this.endOffset;
    this.state.record(wanted, baseOffset);
    this.endOffset += BigInt(sent.count);
    return { appended: baseOffset };
  }
}

/** The rules in their plainest form: every batch ever appended, in a list. */
class Model {
  private readonly history: (Sent & { offset: bigint })[] = [];
  private endOffset = 0n;

  send(sent: Sent): Verdict {
    const epoch = Math.max(...this.history.map((past) => past.epoch));
    const ofEpoch = this.history.filter((past) => past.epoch === sent.epoch);
    const last = ofEpoch.at(-1);
    if (sent.epoch < epoch) return { refused: ErrorCode.INVALID_PRODUCER_EPOCH };
    if (last) {
      const twin = ofEpoch.slice(-5).find((p) => p.sequence === sent.sequence && p.count === sent.count);
      if (twin) return { repeated: twin.offset };
      const next = last.sequence + last.count;
      if (sent.sequence !== (next >= SEQUENCES ? next - SEQUENCES : next)) {
        return { refused: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER };
      }
    } else if (this.history.length > 0 && sent.sequence !== 0) {
      return { refused: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER };
    }
    this.history.push({ ...sent, offset: this.endOffset });
    this.endOffset += BigInt(sent.count);
    return { appended: this.endOffset - BigInt(sent.count) };
  }
}

/** A step of a producer that repeats itself, leaves gaps, and is replaced by one of another epoch. */
const step = fc.record({
  back: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat({ max: 8 }) }),
  gap: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
  count: fc.integer({ min: 1, max: 4 }),
  epochBy: fc.oneof(
    { weight: 10, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) },
  ),
});

describe('devbroker: idempotent producers', () => {
  it('agree with the model under repetitions, gaps, epochs and the wrap at 2^31', () => {
    const start = fc.oneof(fc.constant(0), fc.integer({ min: SEQUENCES - 20, max: SEQUENCES - 1 }));
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 40 }), (first, steps) => {
        const partition = new Partition();
        const model = new Model();
        let epoch = 0;
        let next = first;
        const sent: Sent[] = [];
        for (const { back, gap, count, epochBy } of steps) {
          if (epochBy !== 0) next = 0;
          epoch = Math.max(0, epoch + epochBy);
          const past = back > 0 ? sent.at(-back) : undefined;
          const now = past ?? { epoch, sequence: (next + gap) % SEQUENCES, count };
          const verdict = partition.send(now);
          expect(verdict).to.deep.equal(model.send(now));
          if ('appended' in verdict) {
            sent.push(now);
            next = (now.sequence + now.count) % SEQUENCES;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('get the offset of the first copy for each of their last five batches, not for the sixth', () => {
    const partition = new Partition();
    for (let i = 0; i < 6; i++) partition.send({ epoch: 0, sequence: i, count: 1 });
    for (let i = 1; i < 6; i++) {
      expect(partition.send({ epoch: 0, sequence: i, count: 1 })).to.deep.equal({ repeated: BigInt(i) });
    }
    expect(partition.send({ epoch: 0, sequence: 0, count: 1 })).to.deep.equal({
      refused: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    });
  });

  it('are forgotten after a day of silence, not before, whatever the times of their batches', () => {
    const day = 24 * 60 * 60 * 1000;
    const state = new ProducerState();
    const first = header({ epoch: 0, sequence: 0, count: 1 });
    state.record(first, 0n);
    state.expire(5 * day);
    state.expire(6 * day - 1);
    expect(state.check(first)).to.equal(0n);
    const second = header({ epoch: 0, sequence: 1, count: 1 });
    state.record(second, 1n);
    state.expire(6 * day);
    expect(state.check(second)).to.equal(1n);
    state.expire(7 * day);
    expect(state.check(second)).to.equal(null);
    expect(state.snapshot(100n)).to.deep.equal([]);
  });

  it('continue at 0 after the sequence 2^31 - 1', () => {
    const partition = new Partition();
    partition.send({ epoch: 0, sequence: SEQUENCES - 2, count: 3 });
    expect(partition.send({ epoch: 0, sequence: 1, count: 1 })).to.deep.equal({ appended: 3n });
    expect(partition.send({ epoch: 0, sequence: SEQUENCES - 2, count: 3 })).to.deep.equal({ repeated: 0n });
  });

  it('do not hinder each other, and batches without a producer are never judged', () => {
    const partition = new Partition();
    expect(partition.send({ epoch: 0, sequence: 0, count: 1 }, 1n)).to.deep.equal({ appended: 0n });
    expect(partition.send({ epoch: 3, sequence: 0, count: 1 }, 2n)).to.deep.equal({ appended: 1n });
    expect(partition.send({ epoch: 0, sequence: 1, count: 1 }, 1n)).to.deep.equal({ appended: 2n });
    for (let i = 0; i < 2; i++) {
      expect(partition.send({ epoch: -1, sequence: -1, count: 1 }, -1n)).to.have.property('appended');
    }
  });

  it('are forgotten when 10,000 others have written since, and not before', () => {
    const partition = new Partition();
    const first = { epoch: 0, sequence: 0, count: 1 };
    for (let id = 1n; id <= 10_000n; id++) partition.send(first, id);
    expect(partition.send({ epoch: 0, sequence: 1, count: 1 }, 1n)).to.deep.equal({ appended: 10_000n });
    partition.send(first, 10_001n);
    expect(partition.send(first, 1n), 'it has written lately').to.deep.equal({ repeated: 0n });
    expect(partition.send(first, 2n), 'it counts as new').to.deep.equal({ appended: 10_002n });
  });
});
