import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { CODECS } from '../../../../../pkg/kafka/codecs/codec.js';
import type { DriverRecord, HeaderMap } from '../../../../../pkg/kafka/driver.js';
import { checksum } from '../../../../../pkg/kafka/kafkajs/internals.js';
import { decodeBatches } from '../../../../../pkg/kafka/records/decode.js';
import { encodeBatch } from '../../../../../pkg/kafka/records/encode.js';
import { storedBatch } from '../../support/stored_batch.js';
import { rejection } from '../fakes.js';
import { sizeOfVarint, VarintReader, writeVarint } from '../../../../../pkg/kafka/records/varint.js';

const load = createRequire(import.meta.url);
const PLACE = { topic: 't', partition: 3 };
const stamp = { producerId: 7n, producerEpoch: 2, baseSequence: 11 };

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const header = fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 }));
const record: fc.Arbitrary<DriverRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc
    .array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), header), { maxLength: 3 })
    .map((entries): HeaderMap => Object.fromEntries(entries)),
  timestamp: fc.nat(2 ** 41),
});
const codec = fc.constantFrom(undefined, ...Object.values(CODECS));

describe('record batches', () => {
  it('records come back as they were, with the offsets of their batch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), codec, async (records, chosen) => {
        const [batch, ...others] = decodeBatches(
          await encodeBatch(records, { stamp, codec: chosen, checksum }),
          PLACE,
        );
        expect(others).to.deep.equal([]);
        expect(batch?.lastOffset).to.equal(BigInt(records.length - 1));
        const read = [...((await batch?.records()) ?? [])];
        expect(read).to.deep.equal(
          records.map((item, i) => ({ ...item, ...PLACE, offset: String(i), timestampType: 'CreateTime' })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('kafkajs reads the same from the bytes, so other clients do', async () => {
    const Decoder = load('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => object;
    const decode = load('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<{
      producerId: string;
      producerEpoch: number;
      firstSequence: number;
      maxTimestamp: string;
      records: { offset: string; timestamp: string; key: Buffer | null; value: Buffer | null }[];
    }>;
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 20 }), async (records) => {
        const batch = await decode(
          new Decoder(await encodeBatch(records, { stamp, codec: undefined, checksum })),
        );
        expect([batch.producerId, batch.producerEpoch, batch.firstSequence]).to.deep.equal(['7', 2, 11]);
        expect(batch.maxTimestamp).to.equal(String(Math.max(...records.map(({ timestamp }) => timestamp))));
        expect(batch.records.map(({ key, value, timestamp }) => ({ key, value, timestamp }))).to.deep.equal(
          records.map(({ key, value, timestamp }) => ({ key, value, timestamp: String(timestamp) })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('compresses only what is larger than 1 KiB', async () => {
    const codecOf = async (size: number) => {
      const records = [{ key: null, value: Buffer.alloc(size, 'x'), headers: {}, timestamp: 0 }];
      const encoded = await encodeBatch(records, { stamp, codec: CODECS.gzip, checksum });
      return { attributes: encoded.readInt16BE(21) & 7, length: encoded.length };
    };
    expect((await codecOf(900)).attributes).to.equal(0);
    const large = await codecOf(1_100);
    expect(large.attributes).to.equal(CODECS.gzip.id);
    expect(large.length).to.be.lessThan(300);
  });

  it('a batch that the fetch cut off is left out, the ones before it are not', async () => {
    const one = await storedBatch({ baseOffset: 7n, values: ['v'] });
    const fetched = Buffer.concat([one, await storedBatch({ baseOffset: 8n, values: ['v'] })]);
    for (let length = one.length; length <= fetched.length; length += 1) {
      const whole = [...decodeBatches(fetched.subarray(0, length), PLACE)].length;
      expect(whole, `${length} bytes`).to.equal(Math.floor(length / one.length));
    }
  });

  it('records whose length lies are reported as damage, not read past their end', async () => {
    const records = [{ key: null, value: Buffer.from('value'), headers: {}, timestamp: 0 }];
    const encoded = await encodeBatch(records, { stamp, codec: undefined, checksum });
    const valueLengthAt = encoded.length - 'value'.length - 2;
    encoded[valueLengthAt] = 200;
    const [batch] = decodeBatches(encoded, PLACE);
    let error: unknown;
    await batch?.records().catch((thrown: unknown) => (error = thrown));
    expect(error).to.be.instanceOf(RangeError);
  });

  it('batches whose numbers cannot be true are reported as damage, however wrong they are', async () => {
    const records = [{ key: null, value: Buffer.from('value'), headers: {}, timestamp: 0 }];
    const damaged = async (change: (bytes: Buffer) => void) => {
      const encoded = await encodeBatch(records, { stamp, codec: undefined, checksum });
      change(encoded);
      return async () => {
        for (const batch of decodeBatches(encoded, PLACE)) await batch.records();
      };
    };
    for (const length of [-(2 ** 31), -13, -12, -1, 0, 48]) {
      const read = await damaged((bytes) => bytes.writeInt32BE(length, 8));
      expect(await rejection(read()), `length ${length}`).to.be.instanceOf(RangeError);
    }
    const lastOffset = await damaged((bytes) => bytes.writeInt32BE(-1, 23));
    expect(await rejection(lastOffset())).to.be.instanceOf(RangeError);
    const recordLength = await damaged((bytes) => bytes.writeInt8(1, 61));
    expect(await rejection(recordLength())).to.be.instanceOf(RangeError);
    const format = await damaged((bytes) => bytes.writeInt8(1, 16));
    expect((await rejection(format())).message).to.contain('message format 1');
  });

  it('a first batch that is not whole is damage, since brokers never cut it off', async () => {
    const whole = await storedBatch({ baseOffset: 7n, values: ['a'] });
    for (let length = 1; length < whole.length; length += 1) {
      expect(() => [...decodeBatches(whole.subarray(0, length), PLACE)]).to.throw(
        RangeError,
        'no whole batch',
      );
    }
    expect([...decodeBatches(Buffer.alloc(0), PLACE)]).to.deep.equal([]);
  });

  it('an old format is damage however short its message is, and the offset is named', () => {
    const old = Buffer.alloc(40);
    old.writeBigInt64BE(7n);
    old.writeInt8(1, 16);
    expect(() => [...decodeBatches(old, PLACE)]).to.throw(RangeError, /offset 7 .*message format 1/);
  });

  it('batches that compaction emptied are there, markers as well', async () => {
    const marker = await storedBatch({ baseOffset: 5n, values: [], compactedTail: 2 });
    marker.writeInt16BE(0x30, 21);
    const [first, second] = decodeBatches(
      Buffer.concat([marker, await storedBatch({ baseOffset: 8n, values: [] })]),
      PLACE,
    );
    expect(first).to.include({ lastOffset: 7n, control: true, aborts: false });
    expect([...((await second?.records()) ?? [])]).to.deep.equal([]);
  });

  it('numbers of a batch that contradict each other are damage', async () => {
    const COUNT = 57;
    const LAST_DELTA = 23;
    for (const [at, value] of [
      [COUNT, 2],
      [COUNT, 4],
      [COUNT, -1],
      [LAST_DELTA, 1],
    ] as const) {
      const bytes = await storedBatch({ baseOffset: 5n, values: ['a', 'b', 'c'] });
      bytes.writeInt32BE(value, at);
      const [batch] = decodeBatches(bytes, PLACE);
      const error = await rejection(batch?.records() ?? Promise.resolve());
      expect(error, `${value} at ${at}`).to.be.instanceOf(RangeError);
      expect(String(error)).to.include('offset 5');
    }
    const batch = await storedBatch({ baseOffset: 5n, values: ['a', 'b'] });
    expect(() => [...decodeBatches(Buffer.concat([batch, batch]), PLACE)]).to.throw(RangeError, 'offset 6');
  });

  it('gives the time of the broker where that counts', async () => {
    const records = [{ key: null, value: null, headers: {}, timestamp: 5 }];
    const encoded = await encodeBatch(records, { stamp, codec: undefined, checksum });
    encoded.writeInt16BE(0x08, 21);
    encoded.writeBigInt64BE(77n, 35);
    const [batch] = decodeBatches(encoded, PLACE);
    const [record] = (await batch?.records()) ?? [];
    expect([record?.timestamp, record?.timestampType]).to.deep.equal([77, 'LogAppendTime']);
  });

  it('tells a commit marker from an abort marker', async () => {
    const marker = async (type: number) => {
      const records = [
        { key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6), headers: {}, timestamp: 0 },
      ];
      const encoded = await encodeBatch(records, { stamp, codec: undefined, checksum });
      encoded.writeInt16BE(0x30, 21);
      const [batch] = decodeBatches(encoded, PLACE);
      return [batch?.control, batch?.transactional, batch?.aborts];
    };
    expect(await marker(0)).to.deep.equal([true, true, true]);
    expect(await marker(1)).to.deep.equal([true, true, false]);
  });
});

describe('varints', () => {
  it('are read back, and take the bytes that were counted', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (any) => {
        const value = Math.trunc(any / 2);
        const target = Buffer.alloc(10);
        const end = writeVarint(value, target, 0);
        expect(end).to.equal(sizeOfVarint(value));
        expect(new VarintReader(target).next()).to.equal(value);
      }),
    );
  });
});
