import { expect } from 'chai';
import type { DriverReader, FetchedChunk, StoredBatch } from '../../../../../pkg/kafka/driver.js';
import {
  DriverError,
  InvalidOption,
  readPartition,
  type ReadBatch,
  type ReadOptions,
} from '../../../../../pkg/kafka/index.js';
import { decodeBatches } from '../../../../../pkg/kafka/records/decode.js';
import { FakeDriver, rejection } from '../fakes.js';

const NOWHERE = { topic: 't', partition: 0 };

/** A batch of one-letter records from an offset on; `span` offsets long, where compaction took some. */
function batchOf(
  baseOffset: number,
  values: string,
  parts: Partial<StoredBatch> & { span?: number } = {},
): StoredBatch {
  const { span = values.length, ...rest } = parts;
  return {
    baseOffset: BigInt(baseOffset),
    lastOffset: BigInt(baseOffset + span - 1),
    producerId: 1n,
    transactional: false,
    control: false,
    aborts: false,
    records: async () =>
      values.split('').map((value, i) => ({
        ...NOWHERE,
        offset: String(baseOffset + i),
        timestampType: 'CreateTime' as const,
        key: null,
        value: Buffer.from(value),
        headers: {},
        timestamp: 0,
      })),
    ...rest,
  };
}

describe('readPartition', () => {
  let driver: FakeDriver;
  /** Answers of fetches, in order; the last one repeats. */
  let answers: (FetchedChunk | DriverError)[];
  let fetched: bigint[];
  let starts: { earliest: bigint; latest: bigint; found: bigint | undefined };
  let closed: number;

  beforeEach(() => {
    driver = new FakeDriver();
    answers = [];
    fetched = [];
    closed = 0;
    starts = { earliest: 0n, latest: 9n, found: 5n };
    const reader: DriverReader = {
      offsetAt: async (_partition, at) =>
        at === 'earliest' ? starts.earliest : at === 'latest' ? starts.latest : starts.found,
      fetch: async (_partition, { offset }) => {
        fetched.push(offset);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer === undefined) throw new Error('no answer is scripted');
        if (answer instanceof DriverError) throw answer;
        return answer;
      },
      close: () => {
        closed += 1;
      },
    };
    driver.reader = () => reader;
  });

  const chunk = (endOffset: number, ...batches: StoredBatch[]): FetchedChunk => ({
    batches,
    aborted: [],
    endOffset: BigInt(endOffset),
  });

  async function readAll(options: Omit<ReadOptions, 'topic' | 'partition'>): Promise<ReadBatch[]> {
    const batches: ReadBatch[] = [];
    for await (const batch of readPartition(driver, { ...NOWHERE, ...options })) batches.push(batch);
    return batches;
  }
  const texts = (batches: readonly ReadBatch[]) =>
    batches.map(({ records }) => records.map(({ value }) => String(value)).join(''));

  it('begins where it is told, and leaves out what a batch has before that', async () => {
    answers = [chunk(3, batchOf(0, 'abc'))];
    expect(texts(await readAll({ from: 1n, to: 'end' }))).to.deep.equal(['bc']);
    starts = { earliest: 2n, latest: 3n, found: 1n };
    expect(texts(await readAll({ from: 'earliest', to: 'end' }))).to.deep.equal(['c']);
    expect(texts(await readAll({ from: new Date(), to: 'end' }))).to.deep.equal(['bc']);
    starts.found = undefined;
    expect(texts(await readAll({ from: new Date(), to: 'end' }))).to.deep.equal(['']);
    expect(texts(await readAll({ from: 'latest', to: 'end' }))).to.deep.equal(['']);
  });

  it('ends before the offset it is told, in the midst of a batch', async () => {
    answers = [chunk(9, batchOf(0, 'abc'), batchOf(3, 'def'))];
    const batches = await readAll({ from: 0n, to: 5n });
    expect(texts(batches)).to.deep.equal(['abcde']);
    expect(batches[0]?.nextOffset).to.equal(5n);
  });

  it('moves over markers and over gaps of compaction', async () => {
    answers = [
      chunk(20, batchOf(0, 'a', { span: 4 })),
      chunk(
        20,
        batchOf(4, '', { span: 6 }),
        batchOf(10, '', { control: true, transactional: true, span: 1 }),
      ),
      chunk(20, batchOf(15, 'b', { span: 5 })),
    ];
    const batches = await readAll({ from: 0n, to: 'end' });
    expect(texts(batches)).to.deep.equal(['a', '', 'b']);
    expect(batches.map(({ nextOffset }) => nextOffset)).to.deep.equal([4n, 11n, 20n]);
    expect(fetched).to.deep.equal([0n, 4n, 11n]);
  });

  it('leaves out aborted records unless uncommitted ones are wanted', async () => {
    const aborted = [{ producerId: 7n, firstOffset: 1n }];
    answers = [
      {
        ...chunk(
          4,
          batchOf(0, 'a'),
          batchOf(1, 'bc', { producerId: 7n, transactional: true }),
          batchOf(3, 'd'),
        ),
        aborted,
      },
    ];
    expect(texts(await readAll({ from: 0n, to: 'end' }))).to.deep.equal(['ad']);
    expect(texts(await readAll({ from: 0n, to: 'end', isolation: 'uncommitted' }))).to.deep.equal(['abcd']);
  });

  it('tells at once that a partition is empty, and goes on waiting', async () => {
    answers = [chunk(0), chunk(0), chunk(1, batchOf(0, 'a'))];
    const reading = readPartition(driver, { ...NOWHERE, from: 'earliest' });
    const first = (await reading.next()).value;
    expect(first).to.deep.equal({ records: [], nextOffset: 0n, endOffset: 0n });
    const second = (await reading.next()).value;
    expect(second && texts([second])).to.deep.equal(['a']);
    await reading.return();
    expect(closed, 'connections closed').to.equal(1);
  });

  it('goes on where it was after errors that pass', async () => {
    const moved = new DriverError('failed', 'moved', { protocolError: 'NOT_LEADER_FOR_PARTITION' });
    answers = [
      moved,
      chunk(2, batchOf(0, 'a')),
      moved,
      new DriverError('unreachable', 'gone'),
      chunk(2, batchOf(1, 'b')),
    ];
    expect(texts(await readAll({ from: 0n, to: 'end' }))).to.deep.equal(['a', 'b']);
    expect(fetched).to.deep.equal([0n, 0n, 1n, 1n, 1n]);
  });

  it('says so when the offset is gone; from the earliest it looks again', async () => {
    const outOfRange = new DriverError('failed', 'out of range', { protocolError: 'OFFSET_OUT_OF_RANGE' });
    answers = [outOfRange, chunk(3, batchOf(2, 'c'))];
    const error = await rejection(readAll({ from: 0n, to: 'end' }));
    expect(error.code).to.equal('KAFKA_OFFSET_OUT_OF_RANGE');
    answers = [outOfRange, chunk(3, batchOf(2, 'c'))];
    expect(texts(await readAll({ from: 'earliest', to: 'end' }))).to.deep.equal(['c']);
  });

  it('says so when it may not read, cannot read, or finds nobody', async () => {
    answers = [new DriverError('refused', 'not allowed')];
    expect((await rejection(readAll({ from: 0n }))).code).to.equal('KAFKA_READ_REFUSED');
    answers = [chunk(1, batchOf(0, 'a', { records: () => Promise.reject(new Error('damaged')) }))];
    const damaged = await rejection(readAll({ from: 0n }));
    expect([damaged.code, damaged.message]).to.satisfy(
      ([code, message]: string[]) => code === 'KAFKA_READ_REFUSED' && message?.includes('damaged'),
    );
    const batches = decodeBatches(Buffer.alloc(100), NOWHERE);
    answers = [{ batches, aborted: [], endOffset: 1n }];
    expect((await rejection(readAll({ from: 0n }))).code, 'of an old format').to.equal('KAFKA_READ_REFUSED');
    answers = [new DriverError('unreachable', 'ECONNREFUSED')];
    expect((await rejection(readAll({ from: 0n, startTimeoutMs: 60 }))).code).to.equal(
      'KAFKA_BROKER_UNREACHABLE',
    );
  });

  const NO_PLACES: readonly (readonly [string, unknown])[] = [
    ['an offset below 0', -1n],
    ['a date that is none', new Date('2026-13-01')],
    ['a number', 5],
    ['a word', 'soon'],
    ['nothing', undefined],
  ];
  for (const [what, value] of NO_PLACES) {
    it(`refuses to begin or end at ${what}`, async () => {
      answers = [chunk(0)];
      const from = await rejection(readAll({ from: value as bigint, to: 'end' }));
      expect(from).to.be.instanceOf(InvalidOption).and.to.have.property('option', 'from');
      if (value !== undefined) {
        const to = await rejection(readAll({ from: 0n, to: value as bigint }));
        expect(to).to.be.instanceOf(InvalidOption).and.to.have.property('option', 'to');
      }
      expect(fetched).to.deep.equal([]);
    });
  }

  it('ends without an error when it is aborted', async () => {
    answers = [chunk(0)];
    const controller = new AbortController();
    const seen: ReadBatch[] = [];
    for await (const batch of readPartition(driver, {
      ...NOWHERE,
      from: 'earliest',
      signal: controller.signal,
    })) {
      seen.push(batch);
      controller.abort();
    }
    expect(seen).to.have.length(1);
    expect(await readAll({ from: 'earliest', signal: controller.signal })).to.deep.equal([]);
  });
});
