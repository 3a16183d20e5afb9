import { expect } from 'chai';
import fc from 'fast-check';
import { OffsetTracker } from '../../../../pkg/kafka/consumer/offset_tracker.js';

/** Ascending offsets with gaps, and an order in which to finish them. */
const work = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let offset = 9_007_199_254_740_990n;
    return steps.map((step) => (offset += BigInt(step)));
  })
  .chain((offsets) =>
    fc.record({
      offsets: fc.constant(offsets),
      order: fc.shuffledSubarray(offsets, { minLength: offsets.length, maxLength: offsets.length }),
    }),
  );

describe('OffsetTracker', () => {
  it('O1, O2, O6: never goes past the first unfinished offset, never goes back, and ends after the last', () => {
    fc.assert(
      fc.property(work, ({ offsets, order }) => {
        const tracker = new OffsetTracker();
        for (const offset of offsets) tracker.begin(offset);
        const unfinished = new Set(offsets);
        let before = tracker.committable ?? 0n;
        for (const offset of order) {
          tracker.finish(offset);
          unfinished.delete(offset);
          const committable = tracker.committable ?? -1n;
          expect(committable >= before).to.equal(true);
          for (const left of unfinished) expect(committable <= left).to.equal(true);
          before = committable;
        }
        expect(tracker.committable).to.equal((offsets.at(-1) ?? 0n) + 1n);
      }),
    );
  });

  it('takes the end of a batch only after everything before it is finished', () => {
    const tracker = new OffsetTracker();
    expect(tracker.committable).to.equal(undefined);
    tracker.begin(5n);
    tracker.skipTo(9n);
    expect(tracker.committable).to.equal(5n);
    tracker.finish(5n);
    expect(tracker.committable).to.equal(9n);
    tracker.skipTo(7n);
    expect(tracker.committable, 'skipping never goes back').to.equal(9n);
  });

  it('begins again at the first unfinished offset after a rewind', () => {
    const tracker = new OffsetTracker();
    for (const offset of [1n, 2n, 3n]) tracker.begin(offset);
    tracker.finish(1n);
    tracker.finish(3n);
    tracker.rewind();
    expect(tracker.committable).to.equal(2n);
    tracker.begin(2n);
    tracker.finish(2n);
    expect(tracker.committable).to.equal(3n);
  });

  it('refuses offsets that are out of order, unknown or finished', () => {
    const tracker = new OffsetTracker();
    tracker.begin(4n);
    expect(() => {
      tracker.begin(4n);
    }).to.throw(RangeError);
    expect(() => {
      tracker.finish(3n);
    }).to.throw(RangeError);
    tracker.finish(4n);
    expect(() => {
      tracker.finish(4n);
    }).to.throw(RangeError);
    tracker.reset();
    tracker.begin(0n);
    expect(tracker.committable).to.equal(0n);
  });

  it('stays small over many messages behind one that is slow', () => {
    const tracker = new OffsetTracker();
    for (let offset = 0n; offset < 50_000n; offset += 1n) {
      tracker.begin(offset);
      if (offset > 0n) tracker.finish(offset);
    }
    expect(tracker.committable).to.equal(0n);
    tracker.finish(0n);
    expect(tracker.committable).to.equal(50_000n);
  });
});
