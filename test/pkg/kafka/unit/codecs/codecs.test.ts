import { expect } from 'chai';
import fc from 'fast-check';
import { CODECS, codecById } from '../../../../../pkg/kafka/codecs/codec.js';
import { decodeBatches } from '../../../../../pkg/kafka/records/decode.js';
import { rejection } from '../../../../support/caught.js';
import { RECORDED } from './recorded_batches.js';

const PLACE = { topic: 't', partition: 0 };

describe('codecs', () => {
  for (const [name, base64] of Object.entries(RECORDED)) {
    it(`reads what others wrote: ${name}`, async () => {
      const records = [];
      for (const batch of decodeBatches(Buffer.from(base64, 'base64'), PLACE)) {
        records.push(...(await batch.records()));
      }
      expect(records.map(({ offset, key, value }) => [offset, String(key), String(value)])).to.deep.equal(
        Array.from({ length: 40 }, (_, i) => [
          String(i),
          `key-${i}`,
          `value ${i} of a record that repeats itself`,
        ]),
      );
    });
  }

  for (const [name, codec] of Object.entries(CODECS)) {
    it(`${name} gives back what it compressed, whatever its size`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.nat(60), async (bytes, times) => {
          const original = Buffer.concat(Array.from({ length: times }, () => bytes));
          expect((await codec.decompress(await codec.compress(original))).equals(original)).to.equal(true);
        }),
        { numRuns: 30 },
      );
    });

    it(`${name} rejects bytes that were cut off`, async () => {
      const compressed = await codec.compress(Buffer.from('something to compress '.repeat(4_000)));
      await rejection(codec.decompress(compressed.subarray(0, compressed.length - 20)), Error);
    });
  }

  it('a codec that Kafka does not have is refused by its number', () => {
    expect(codecById(0)).to.equal(undefined);
    expect(() => codecById(5)).to.throw(RangeError, 'compression 5');
  });
});
