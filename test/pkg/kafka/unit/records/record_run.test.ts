import { expect } from 'chai';
import fc from 'fast-check';
import { RecordRun } from '../../../../../pkg/kafka/records/record_run.js';
import { decodeBatches } from '../../../../../pkg/kafka/records/decode.js';
import { storedBatch } from '../../support/stored_batch.js';

const PLACE = { topic: 't', partition: 3 };

/** Batches of some records each, maybe of none as compaction leaves them, with gaps between. */
const plan = fc.array(fc.record({ size: fc.nat(4), gap: fc.nat(3) }), { maxLength: 6 });

describe('RecordRun', () => {
  it('has the records from an offset on, in whatever order they are asked for, also above what a double holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.nat(20),
        fc.constantFrom(0n, 2n ** 53n),
        fc.array(fc.nat(30)),
        async (batches, from, base, places) => {
          let next = base;
          const stored = [];
          const offsets: string[] = [];
          for (const { size, gap } of batches) {
            stored.push(await storedBatch({ baseOffset: next, values: Array(size).fill('v') }));
            for (let i = 0; i < size; i += 1) offsets.push((next + BigInt(i)).toString());
            next += BigInt(Math.max(size, 1) + gap);
          }
          const unpacked = [];
          for (const batch of decodeBatches(Buffer.concat(stored), PLACE))
            unpacked.push(await batch.records());
          const start = base + BigInt(from);
          const expected = offsets.filter((offset) => BigInt(offset) >= start);
          const run = new RecordRun(unpacked, start);
          expect(run.length).to.equal(expected.length);
          expect(expected.map((_, i) => run.at(i))).to.deep.equal(expected);
          for (const place of places) {
            expect(run.at(place)).to.equal(expected[place]);
            if (place < run.length) expect(run.recordAt(place).offset).to.equal(expected[place]);
            else expect(() => run.recordAt(place)).to.throw(RangeError);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
