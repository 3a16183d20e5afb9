import { expect } from 'chai';
import fc from 'fast-check';
import { Frames } from '../../../../pkg/devbroker/net/frames.js';
import { WireError } from '../../../../pkg/devbroker/wire/reader.js';

function framed(bodies: Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(body.length);
      return [prefix, body];
    }),
  );
}

function drain(frames: Frames): Buffer[] {
  const found: Buffer[] = [];
  for (let frame = frames.next(); frame; frame = frames.next()) found.push(frame);
  return found;
}

describe('Frames', () => {
  it('gives the same frames however the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat({ max: 450 }), { maxLength: 20 });
    fc.assert(
      fc.property(bodies, cuts, (sent, positions) => {
        const stream = framed(sent);
        const frames = new Frames(100);
        const found: Buffer[] = [];
        let from = 0;
        for (const to of [...positions, stream.length].sort((a, b) => a - b)) {
          frames.push(stream.subarray(from, to));
          from = Math.min(to, stream.length);
          found.push(...drain(frames));
        }
        expect(found.map((frame) => frame.toString('hex'))).to.deep.equal(
          sent.map((body) => Buffer.from(body).toString('hex')),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('gives a frame as soon as its last byte is there, and not before', () => {
    const stream = framed([Buffer.from('abc')]);
    const frames = new Frames(100);
    for (const byte of stream.subarray(0, -1)) {
      frames.push(Buffer.from([byte]));
      expect(frames.next()).to.equal(null);
    }
    frames.push(stream.subarray(-1));
    expect(frames.next()).to.deep.equal(Buffer.from('abc'));
  });

  it('copies nothing of a frame that came in one piece', () => {
    const stream = framed([Buffer.from('abc'), Buffer.from('def')]);
    const frames = new Frames(100);
    frames.push(stream);
    expect(drain(frames).map((frame) => frame.buffer)).to.deep.equal([stream.buffer, stream.buffer]);
  });

  it('refuses a negative length and one above the limit, before any of it has come', () => {
    for (const length of [-1, 101, 2 ** 31 - 1]) {
      const frames = new Frames(100);
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(length);
      frames.push(prefix);
      expect(() => frames.next()).to.throw(WireError, `claims ${length} bytes, at most 100`);
    }
  });
});
