import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { crc32c } from '../../../../pkg/devbroker/log/crc32c.js';

const kafkajsCrc32c = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C') as (
  data: Buffer,
) => number;

describe('crc32c', () => {
  it('has the values of RFC 3720, appendix B.4, and the usual check value', () => {
    expect(crc32c(Buffer.from('123456789'))).to.equal(0xe3069283);
    expect(crc32c(Buffer.alloc(0))).to.equal(0);
    expect(crc32c(Buffer.alloc(32))).to.equal(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).to.equal(0x62a8ab43);
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).to.equal(0x46dd794e);
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)))).to.equal(0x113fdb5c);
  });

  it("equals kafkajs's over any bytes and from any start", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 200 }), (data, offset) => {
        const start = Math.min(offset, data.length);
        expect(crc32c(data, start)).to.equal(kafkajsCrc32c(Buffer.from(data.subarray(start))));
      }),
      { numRuns: 300 },
    );
  });
});
