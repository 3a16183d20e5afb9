import { expect } from 'chai';
import fc from 'fast-check';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import { Writer } from '../../../../pkg/devbroker/wire/writer.js';

describe('Writer', () => {
  it('writes each fixed-width type in network order, after the length of the whole', () => {
    const writer = new Writer();
    writer.int8(-1);
    writer.int16(-2);
    writer.int32(-3);
    writer.int64(-4n);
    const frame = Buffer.concat(writer.takeFrame()).toString('hex');
    expect(frame).to.equal('0000000f' + 'ff' + 'fffe' + 'fffffffd' + 'fffffffffffffffc');
  });

  it('writes varints that the reader reads', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (value) => {
        const writer = new Writer();
        writer.uvarint(value);
        expect(new Reader(Buffer.concat(writer.takeFrame().slice(1))).uvarint()).to.equal(value);
      }),
    );
  });

  it('gathers many small values in few growing chunks', () => {
    const writer = new Writer();
    const values = Array.from({ length: 50_000 }, (_, i) => i);
    for (const value of values) writer.int32(value);
    const [prefix, ...chunks] = writer.takeFrame();
    expect(prefix).to.deep.equal(Buffer.from('00030d40', 'hex'));
    expect(chunks).to.have.lengthOf.at.most(11);
    const all = Buffer.concat(chunks);
    expect(values.every((value) => all.readInt32BE(value * 4) === value)).to.equal(true);
  });

  it('hands on large buffers as they are and copies small ones', () => {
    const large = Buffer.alloc(2048, 1);
    const small = Buffer.alloc(2047, 2);
    const writer = new Writer();
    writer.int8(0);
    writer.bytes(large);
    writer.bytes(small);
    const chunks = writer.takeFrame();
    const memory = chunks.map((chunk) => chunk.buffer);
    expect(memory.filter((one) => one === large.buffer)).to.have.length(1);
    small.fill(3);
    large.fill(4);
    const all = Buffer.concat(chunks);
    expect([all[4], all[5], all.at(-1)]).to.deep.equal([0, 4, 2]);
  });

  it('keeps the order and the bytes of any mixture', () => {
    const piece = fc.uint8Array({ maxLength: 5000 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const writer = new Writer();
        for (const one of pieces) writer.bytes(one);
        const [prefix, ...chunks] = writer.takeFrame();
        const expected = Buffer.concat(pieces);
        expect(prefix?.readInt32BE()).to.equal(expected.length);
        expect(Buffer.concat(chunks).equals(expected)).to.equal(true);
      }),
    );
  });
});
