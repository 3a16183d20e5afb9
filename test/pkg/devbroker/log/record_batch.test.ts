import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkBatch,
  findTimestamp,
  InvalidBatch,
  placeBatch,
  readHeader,
} from '../../../../pkg/devbroker/log/record_batch.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { batch, Codec, sealed } from './batches.js';

function refusal(bytes: Buffer): number {
  try {
    checkBatch(bytes);
  } catch (error) {
    if (error instanceof InvalidBatch) return error.code;
    throw error;
  }
  throw new Error('the batch was accepted');
}

/** A change of the bytes under a checksum that fits again. */
function tampered(change: (bytes: Buffer) => void): Buffer {
  const bytes = batch({ timestamps: [1, 2] });
  change(bytes);
  return sealed(bytes);
}

describe('devbroker: record batch', () => {
  it('is accepted when it is sound, and its header says what it holds', () => {
    const bytes = batch({ timestamps: [10, 30, 20], producerId: 7n, producerEpoch: 2, baseSequence: 5 });
    expect(checkBatch(bytes)).to.deep.equal({
      baseOffset: 0n,
      size: bytes.length,
      attributes: 0,
      lastOffsetDelta: 2,
      maxTimestamp: 30n,
      producerId: 7n,
      producerEpoch: 2,
      baseSequence: 5,
      recordCount: 3,
    });
  });

  it('is refused as corrupt when any byte under the checksum differs', () => {
    const sound = batch({ timestamps: [1, 2, 3] });
    for (let at = 21; at < sound.length; at++) {
      const broken = Buffer.from(sound);
      broken.writeUInt8(broken.readUInt8(at) ^ 1, at);
      expect(refusal(broken), `byte ${at}`).to.equal(ErrorCode.CORRUPT_MESSAGE);
    }
  });

  it('is refused when it is cut short anywhere, or followed by another', () => {
    const sound = batch();
    for (let size = 0; size < sound.length; size++) {
      expect(refusal(sound.subarray(0, size))).to.be.oneOf([
        ErrorCode.CORRUPT_MESSAGE,
        ErrorCode.INVALID_RECORD,
      ]);
    }
    expect(refusal(Buffer.concat([sound, sound]))).to.equal(ErrorCode.INVALID_RECORD);
  });

  it('is refused in the formats before magic 2', () => {
    expect(refusal(tampered((b) => b.writeInt8(1, 16)))).to.equal(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT);
  });

  it('is refused when its counts contradict each other', () => {
    expect(refusal(tampered((b) => b.writeInt32BE(3, 57)))).to.equal(ErrorCode.INVALID_RECORD);
    expect(refusal(tampered((b) => b.writeInt32BE(7, 23)))).to.equal(ErrorCode.INVALID_RECORD);
    const empty = tampered((b) => {
      b.writeInt32BE(0, 57);
      b.writeInt32BE(-1, 23);
    });
    expect(refusal(empty)).to.equal(ErrorCode.INVALID_RECORD);
  });

  it('is refused as control or transactional batch, and as idempotent batch without a sequence', () => {
    expect(refusal(batch({ attributes: 0x20 }))).to.equal(ErrorCode.INVALID_RECORD);
    expect(refusal(batch({ attributes: 0x10 }))).to.equal(ErrorCode.INVALID_RECORD);
    expect(refusal(batch({ producerId: 1n, producerEpoch: 0 }))).to.equal(ErrorCode.INVALID_RECORD);
  });

  it('keeps its checksum when it is given its place', () => {
    const bytes = batch({ timestamps: [1, 2] });
    placeBatch(bytes, 123_456_789_012n, 3);
    expect(checkBatch(bytes).baseOffset).to.equal(123_456_789_012n);
    expect(bytes.readInt32BE(12)).to.equal(3);
  });

  it('has no header in fewer bytes than one takes', () => {
    expect(() => readHeader(Buffer.alloc(60))).to.throw(InvalidBatch);
  });
});

describe('devbroker: finding a record by time', () => {
  for (const codec of [Codec.none, Codec.gzip]) {
    it(`is exact in a batch of codec ${codec}, whatever the order of the times`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 0, max: 55 }),
          fc.nat({ max: 12 }),
          (timestamps, wanted, from) => {
            const bytes = batch({ timestamps, codec, baseOffset: 100n });
            const index = timestamps.findIndex((at, i) => at >= wanted && i >= from);
            const expected =
              index < 0 ? null : { offset: 100n + BigInt(index), timestamp: BigInt(timestamps[index]!) };
            expect(findTimestamp(bytes, BigInt(wanted), 100n + BigInt(from))).to.deep.equal(expected);
          },
        ),
        { numRuns: 200 },
      );
    });
  }

  it('is never too late in a codec that is not unpacked: it is the first of the batch', () => {
    const bytes = batch({
      timestamps: [10, 20, 30],
      codec: Codec.snappy,
      baseOffset: 5n,
      records: Buffer.from('packed'),
    });
    expect(findTimestamp(bytes, 20n)).to.deep.equal({ offset: 5n, timestamp: 10n });
    expect(findTimestamp(bytes, 20n, 6n)).to.deep.equal({ offset: 6n, timestamp: 10n });
    expect(findTimestamp(bytes, 31n)).to.equal(null);
  });

  it('takes the broker time of a batch that carries it', () => {
    const bytes = batch({ timestamps: [10, 20], attributes: 0x08, baseOffset: 5n });
    expect(findTimestamp(bytes, 15n)).to.deep.equal({ offset: 5n, timestamp: 20n });
  });

  it('answers with the first of the batch when the records under the checksum are nonsense', () => {
    const nonsense = [
      batch({ timestamps: [10, 20], codec: Codec.gzip, records: Buffer.from('no gzip'), baseOffset: 5n }),
      batch({ timestamps: [10, 20], records: Buffer.from([0x80]), baseOffset: 5n }),
      // A length of -1 would lead back to the same record again and again.
      batch({ timestamps: [10, 20], records: Buffer.from([1, 0, 0, 0, 1, 0]), baseOffset: 5n }),
    ];
    for (const bytes of nonsense) {
      expect(findTimestamp(bytes, 20n)).to.deep.equal({ offset: 5n, timestamp: 10n });
    }
  });
});
