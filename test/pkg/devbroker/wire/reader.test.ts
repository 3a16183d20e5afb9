import { expect } from 'chai';
import fc from 'fast-check';
import { Reader, WireError } from '../../../../pkg/devbroker/wire/reader.js';
import { array, nullableBytes, string } from '../../../../pkg/devbroker/wire/schema.js';

const classic = { version: 0, flexible: false };
const flexible = { version: 0, flexible: true };

describe('Reader', () => {
  it('reads each fixed-width type in network order', () => {
    const reader = new Reader(Buffer.from('ff' + 'fffe' + 'fffffffd' + 'fffffffffffffffc', 'hex'));
    const values = [reader.int8(), reader.int16(), reader.int32(), reader.int64()];
    expect(values).to.deep.equal([-1, -2, -3, -4n]);
    expect(reader.remaining).to.equal(0);
  });

  it('refuses to read a type that does not fit into what is left', () => {
    for (const read of ['int8', 'int16', 'int32', 'int64', 'uvarint'] as const) {
      const widths = { int8: 0, int16: 1, int32: 3, int64: 7, uvarint: 0 };
      expect(() => new Reader(Buffer.alloc(widths[read], 0x80))[read](), read).to.throw(WireError);
    }
  });

  it('gives bytes as views of the frame', () => {
    const frame = Buffer.from([1, 2, 3, 4]);
    const view = new Reader(frame).bytes(3);
    frame[0] = 9;
    expect(view).to.deep.equal(Buffer.from([9, 2, 3]));
  });

  it('refuses a negative length and one beyond the frame, and then still stands where it stood', () => {
    const reader = new Reader(Buffer.from([1, 2, 3]));
    for (const length of [-1, 4, 2 ** 31 - 1]) {
      expect(() => reader.bytes(length)).to.throw(WireError, `needs ${length} bytes at 0, 3 are left`);
      expect(() => reader.text(length)).to.throw(WireError);
    }
    expect(reader.bytes(3)).to.deep.equal(Buffer.from([1, 2, 3]));
  });

  it('reads varints of up to 35 bits', () => {
    const varint = (hex: string) => new Reader(Buffer.from(hex, 'hex')).uvarint();
    expect(varint('00')).to.equal(0);
    expect(varint('7f')).to.equal(127);
    expect(varint('ac02')).to.equal(300);
    expect(varint('ffffffff0f')).to.equal(2 ** 32 - 1);
    expect(() => varint('ffffffffff01')).to.throw(WireError, 'longer than five bytes');
  });

  it('refuses an array that claims more elements than bytes are left, before it allocates any', () => {
    const claims = Buffer.from('7fffffff' + '0000', 'hex');
    expect(() => array(string).read(new Reader(claims), classic)).to.throw(WireError, '2147483647 elements');
    const compactClaims = Buffer.from('ffffffff0f' + '00', 'hex');
    expect(() => array(string).read(new Reader(compactClaims), flexible)).to.throw(WireError, 'elements');
  });

  it('refuses more than 200,000 elements even when the bytes are there', () => {
    const reader = new Reader(Buffer.alloc(300_000));
    expect(reader.count(200_000)).to.equal(200_000);
    expect(() => reader.count(200_001)).to.throw(WireError);
  });

  it('refuses null where the protocol has no null', () => {
    expect(() => string.read(new Reader(Buffer.from('ffff', 'hex')), classic)).to.throw(WireError, 'null');
    expect(() => array(string).read(new Reader(Buffer.from('00', 'hex')), flexible)).to.throw(
      WireError,
      'null',
    );
  });

  it('takes any negative length for null, as Apache Kafka does', () => {
    expect(nullableBytes.read(new Reader(Buffer.from('ffffffff', 'hex')), classic)).to.equal(null);
    expect(nullableBytes.read(new Reader(Buffer.from('80000000', 'hex')), classic)).to.equal(null);
  });

  it('skips tags without reading past the frame, however long they claim to be', () => {
    const reader = new Reader(Buffer.from('01' + '05' + '02aabb' + '77', 'hex'));
    reader.skipTags();
    expect(reader.int8()).to.equal(0x77);
    expect(() => {
      new Reader(Buffer.from('01' + '05' + '7faabb', 'hex')).skipTags();
    }).to.throw(WireError);
    expect(() => {
      new Reader(Buffer.from('ffffffff0f' + '0000', 'hex')).skipTags();
    }).to.throw(WireError);
  });

  it('ends with a value or a WireError on any bytes', () => {
    const type = array(array(string));
    const anyBytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(anyBytes, fc.boolean(), (bytes, compact) => {
        try {
          type.read(new Reader(Buffer.from(bytes)), { version: 0, flexible: compact });
        } catch (error) {
          expect(error).to.be.instanceOf(WireError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
