import { expect } from 'chai';
import fc from 'fast-check';
import { OffsetTracker, type OffsetSpan } from '../../../../pkg/kafka/consumer/offset_tracker.js';

/** Batches of ascending offsets with gaps between and after their records, above what a double holds. */
const batches = fc
  .array(
    fc.record({
      steps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
      after: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((plan) => {
    let offset = 9_007_199_254_740_990n;
    return plan.map(({ steps, after }) => {
      const offsets = steps.map((step) => (offset += BigInt(step)).toString());
      offset += BigInt(after - 1);
      return { offsets, nextOffset: offset + 1n };
    });
  });

interface Begun {
  readonly span: OffsetSpan;
  readonly index: number;
  readonly offset: bigint;
}

const work = batches.chain((plan) => {
  const count = plan.reduce((sum, { offsets }) => sum + offsets.length, 0);
  const places = Array.from({ length: count }, (_, place) => place);
  return fc.record({
    plan: fc.constant(plan),
    order: fc.shuffledSubarray(places, { minLength: count, maxLength: count }),
    /** How many finish before the next batch comes. */
    pace: fc.integer({ min: 0, max: 12 }),
  });
});

function batch(offsets: readonly number[], nextOffset: number) {
  return { offsets: offsets.map(String), nextOffset: BigInt(nextOffset) };
}

describe('OffsetTracker', () => {
  it('O1, O2, O6: never past the first unfinished record, never back, in the end after the last, whatever the order, the gaps and the size of offsets', () => {
    fc.assert(
      fc.property(work, ({ plan, order, pace }) => {
        const tracker = new OffsetTracker();
        const left = new Map<number, Begun>();
        let committed = 0n;
        const check = () => {
          const committable = tracker.committable ?? 0n;
          expect(committable >= committed, 'never back').to.equal(true);
          for (const { offset } of left.values()) expect(committable <= offset).to.equal(true);
          const lowest = [...left.values()].map(({ offset }) => offset).sort(compare)[0];
          expect(committable).to.equal(lowest ?? tracker.next);
          committed = committable;
        };
        let place = 0;
        const queue = [...order];
        for (const next of plan) {
          const span = tracker.begin(next);
          for (const [index, offset] of next.offsets.entries()) {
            left.set(place, { span, index, offset: BigInt(offset) });
            place += 1;
          }
          check();
          for (const candidate of queue.filter((waiting) => left.has(waiting)).slice(0, pace)) {
            finish(tracker, left, candidate);
            check();
          }
        }
        for (const next of queue.filter((candidate) => left.has(candidate))) {
          finish(tracker, left, next);
          check();
        }
        expect(tracker.committable).to.equal(plan.at(-1)?.nextOffset);
      }),
    );
  });

  it('O2: takes records that are none only after everything before them is finished', () => {
    const tracker = new OffsetTracker();
    expect(tracker.committable).to.equal(undefined);
    const span = tracker.begin(batch([5], 6));
    tracker.skipTo(9n);
    expect(tracker.committable).to.equal(5n);
    tracker.finish(span, 0);
    expect(tracker.committable).to.equal(9n);
    tracker.skipTo(7n);
    expect(tracker.committable, 'skipping never goes back').to.equal(9n);
  });

  it('O3: a later batch that is finished first waits for the one before it', () => {
    const tracker = new OffsetTracker();
    const first = tracker.begin(batch([1, 2], 3));
    const second = tracker.begin(batch([3, 4], 5));
    tracker.finish(second, 0);
    tracker.finish(second, 1);
    tracker.finish(first, 1);
    expect(tracker.committable).to.equal(1n);
    tracker.finish(first, 0);
    expect(tracker.committable).to.equal(5n);
  });

  it('refuses to begin an offset twice, and to finish a record twice or one that is none', () => {
    const tracker = new OffsetTracker();
    const span = tracker.begin(batch([1, 2], 3));
    expect(() => tracker.begin(batch([2], 3))).to.throw(RangeError);
    tracker.finish(span, 1);
    expect(() => {
      tracker.finish(span, 1);
    }).to.throw(RangeError);
    expect(() => {
      tracker.finish(span, 2);
    }).to.throw(RangeError);
    expect(tracker.committable).to.equal(1n);
  });

  it('knows where it is after it let go of what the offsets came with', () => {
    let isGone = false;
    const offsets = {
      length: 4,
      at: (index: number) => {
        if (isGone) throw new Error('it was kept');
        return String(10 + index);
      },
    };
    const tracker = new OffsetTracker();
    const span = tracker.begin({ offsets, nextOffset: 14n });
    tracker.finish(span, 0);
    span.detach();
    isGone = true;
    expect(tracker.committable).to.equal(11n);
    tracker.finish(span, 2);
    tracker.finish(span, 1);
    expect(tracker.committable).to.equal(13n);
    tracker.finish(span, 3);
    expect(tracker.committable).to.equal(14n);
  });
});

function finish(tracker: OffsetTracker, left: Map<number, Begun>, place: number): void {
  const begun = left.get(place);
  if (begun === undefined) throw new Error(`record ${place} was not begun`);
  left.delete(place);
  tracker.finish(begun.span, begun.index);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
