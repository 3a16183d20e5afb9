import { createRequire } from 'node:module';
import { expect } from 'chai';
import {
  decodingBroker,
  type FetchedRun,
  type RequestLookup,
} from '../../../../pkg/kafka/kafkajs/fetch_decoding.js';
import { RestingPartitions } from '../../../../pkg/kafka/kafkajs/resting_partitions.js';
import type { FetchCall } from '../../../../pkg/kafka/kafkajs/internals.js';
import { Writer } from '../../../../pkg/kafka/kafkajs/wire/writer.js';
import { virtualClock } from '../../../support/virtual_clock.js';
import { storedBatch } from '../support/stored_batch.js';

const load = createRequire(import.meta.url);
/** Of the protocol. */
const FETCH = 1;
const CORRUPT_MESSAGE = 2;
const NOT_LEADER = 6;
const OFFSET_OUT_OF_RANGE = 1;

interface Answer {
  readonly partition: number;
  readonly bytes: Buffer;
  readonly errorCode?: number;
  readonly aborted?: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
}

/** An answer as a broker sends it. */
function answer(version: number, partitions: readonly Answer[]): Buffer {
  const to = new Writer().int32(5);
  if (version >= 7) to.int16(0).int32(9);
  to.array(['t'], (topic) => {
    to.string(topic).array(partitions, ({ partition, bytes, errorCode = 0, aborted = [] }) => {
      to.int32(partition).int16(errorCode).int64(100n).int64(90n);
      if (version >= 5) to.int64(0n);
      to.array(aborted, ({ producerId, firstOffset }) => to.int64(producerId).int64(firstOffset));
      if (version >= 11) to.int32(4);
      to.bytes(bytes);
    });
  });
  return to.done();
}

/** How kafkajs asks a node that serves this version, and how it reads the answer. */
const requests = load('kafkajs/src/protocol/requests/fetch') as {
  protocol: (served: { version: number }) => (parameters: unknown) => FetchCall;
};

function calls(version: number): { theirs: FetchCall; ours: FetchCall } {
  const broker = { lookupRequest: () => requests.protocol({ version }) };
  const parameters = { topics: [], maxWaitTime: 1, minBytes: 1, maxBytes: 1 };
  const call = (asked: RequestLookup) => asked.lookupRequest(FETCH, requests)(parameters);
  return { theirs: call(broker), ours: call(decodingBroker(broker, new RestingPartitions())) };
}

async function damagedBatch(baseOffset: bigint): Promise<Buffer> {
  const bytes = await storedBatch({ baseOffset, values: ['damaged'] });
  bytes.writeInt32BE(1_000, 57);
  return bytes;
}

function recordsOf(run: unknown) {
  return (run as FetchedRun | undefined)?.batches.flatMap((batch) => [...batch]) ?? [];
}

describe('answers to fetches', () => {
  for (const version of [4, 5, 6, 7, 8, 9, 10, 11]) {
    it(`of version ${version} are read as kafkajs reads them`, async () => {
      const batches = [
        await storedBatch({ baseOffset: 10n, values: ['a', 'b'] }),
        await storedBatch({ baseOffset: 20n, values: ['c'] }),
      ];
      const payload = answer(version, [
        { partition: 1, bytes: Buffer.concat(batches) },
        { partition: 2, bytes: Buffer.alloc(0) },
        { partition: 3, bytes: Buffer.alloc(0), errorCode: 6 },
      ]);
      const { theirs: kafkajs, ours: own } = calls(version);
      const { responses: theirs, ...whole } = await kafkajs.response.decode(payload);
      const { responses: ours, ...same } = await own.response.decode(payload);
      expect({ ...same, ...whole }).to.deep.equal(same);
      const [first, ...others] = theirs.flatMap(({ partitions }) => partitions);
      const [decoded, ...rest] = ours.flatMap(({ partitions }) => partitions);
      expect(ours.map(({ topicName }) => topicName)).to.deep.equal(['t', 't', 't']);
      expect({ preferredReadReplica: -1, ...first, ...decoded }).to.deep.equal({
        preferredReadReplica: -1,
        ...first,
        messages: decoded?.messages,
      });
      expect(rest.map(({ errorCode, messages }) => [errorCode, messages])).to.deep.equal(
        others.map(({ errorCode, messages }) => [errorCode, messages]),
      );
      const read = recordsOf(decoded?.messages[0]).map(({ offset, key, value, headers, timestamp }) => ({
        offset,
        key,
        value,
        headers,
        timestamp: String(timestamp),
      }));
      const expected = first?.messages.map((message) => message as unknown as (typeof read)[number]) ?? [];
      expect(read).to.have.length(3);
      expect(read).to.deep.equal(
        expected.map(({ offset, key, value, headers, timestamp }) => ({
          offset,
          key,
          value,
          headers,
          timestamp,
        })),
      );
    });
  }

  const decode = async (...partitions: Answer[]) => {
    const { responses } = await calls(11).ours.response.decode(answer(11, partitions));
    return responses.flatMap((topic) => topic.partitions);
  };

  it('leave other requests as they are', () => {
    const make = () => ({}) as FetchCall;
    expect(
      decodingBroker({ lookupRequest: () => make }, new RestingPartitions()).lookupRequest(
        FETCH + 1,
        requests,
      ),
    ).to.equal(make);
  });

  it('end where their last batch ended when it was written, though compaction took its end', async () => {
    const bytes = await storedBatch({ baseOffset: 10n, values: ['a', 'b'], compactedTail: 5 });
    const [partition] = await decode({ partition: 0, bytes });
    expect(partition?.messages[0]?.offset).to.equal('16');
  });

  it('have nothing of aborted transactions, also where two overlap', async () => {
    const of = (producerId: bigint, baseOffset: bigint, value: string) =>
      storedBatch({ baseOffset, values: [value], transactional: true, producerId });
    const batches = [
      await of(1n, 0n, 'aborted 0'),
      await of(2n, 1n, 'aborted 1'),
      await of(3n, 2n, 'committed'),
      await storedBatch({ baseOffset: 3n, values: ['plain'] }),
      await of(1n, 4n, 'aborted 4'),
      await of(2n, 5n, 'aborted 5'),
    ];
    const aborted = [
      { producerId: 2n, firstOffset: 1n },
      { producerId: 1n, firstOffset: 0n },
    ];
    const [partition] = await decode({ partition: 0, bytes: Buffer.concat(batches), aborted });
    const run = partition?.messages[0];
    expect(recordsOf(run).map(({ value }) => String(value))).to.deep.equal(['committed', 'plain']);
    expect(run?.offset).to.equal('5');
  });

  it('with damage in one partition say so of it alone', async () => {
    const good = await storedBatch({ baseOffset: 0n, values: ['good'] });
    const [damaged, whole] = await decode(
      { partition: 0, bytes: await damagedBatch(5n) },
      { partition: 1, bytes: good },
    );
    expect(damaged).to.deep.include({ errorCode: CORRUPT_MESSAGE, messages: [] });
    expect(damaged?.damage).to.match(/offset 5 .*cut short/);
    expect(recordsOf(whole?.messages[0])).to.have.length(1);
  });

  it('hand over what stands before the damage', async () => {
    const good = await storedBatch({ baseOffset: 0n, values: ['one', 'two'] });
    const bytes = Buffer.concat([
      good,
      await damagedBatch(2n),
      await storedBatch({ baseOffset: 3n, values: ['x'] }),
    ]);
    const [partition] = await decode({ partition: 0, bytes });
    expect(partition).to.include({ errorCode: 0 });
    expect(partition?.messages[0]?.offset).to.equal('1');
    expect(recordsOf(partition?.messages[0])).to.have.length(2);
  });
});

describe('partitions that cannot be read', () => {
  const answerOf = (...codes: number[]) => ({
    throttleTime: 0,
    errorCode: 0,
    sessionId: 0,
    responses: codes.map((errorCode, partition) => ({
      topicName: 't',
      partitions: [
        {
          partition,
          errorCode,
          ...(errorCode === CORRUPT_MESSAGE ? { damage: 'it is damaged' } : {}),
          highWatermark: '0',
          preferredReadReplica: -1,
          abortedTransactions: [],
          messages: [],
        },
      ],
    })),
  });
  const codesOf = ({ responses }: ReturnType<typeof answerOf>) =>
    responses.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));

  it('are taken out of an answer, of which the rest is kept, other errors too', () => {
    const resting = new RestingPartitions();
    expect(
      codesOf(resting.sift(answerOf(0, NOT_LEADER, OFFSET_OUT_OF_RANGE, CORRUPT_MESSAGE)) as never),
    ).to.deep.equal([0, OFFSET_OUT_OF_RANGE]);
    expect([0, 1, 2, 3].map((partition) => resting.includes({ topic: 't', partition }))).to.deep.equal([
      false,
      true,
      false,
      true,
    ]);
    expect(resting.takeFailed().map(({ partition, lasting }) => [partition, lasting])).to.deep.equal([
      [1, false],
      [3, true],
    ]);
    expect(resting.takeFailed()).to.deep.equal([]);
  });

  it('rest for longer each time in a row, until they are read', () => {
    const clock = virtualClock();
    try {
      const resting = new RestingPartitions();
      const restMs = () => {
        resting.sift(answerOf(NOT_LEADER));
        let ms = 0;
        for (; resting.includes({ topic: 't', partition: 0 }); ms += 100) clock.tick(100);
        return ms;
      };
      const rests = [restMs(), restMs(), restMs()];
      expect(rests).to.deep.equal([100, 200, 400]);
      for (let i = 0; i < 10; i += 1) restMs();
      expect(restMs()).to.equal(2_000);
      resting.sift(answerOf(0));
      expect(restMs()).to.equal(100);
    } finally {
      clock.restore();
    }
  });

  it('for a cause that lasts are said once a minute', () => {
    const clock = virtualClock();
    try {
      const resting = new RestingPartitions();
      const said = () => {
        resting.sift(answerOf(CORRUPT_MESSAGE));
        return resting.takeFailed().length;
      };
      expect([said(), said()]).to.deep.equal([1, 0]);
      clock.tick(60_000);
      expect([said(), said()]).to.deep.equal([1, 0]);
    } finally {
      clock.restore();
    }
  });

  it('are told where that lasts, and when they can be read again', () => {
    const told: unknown[] = [];
    const resting = new RestingPartitions();
    resting.onUnreadable = ({ partition }, reason) => told.push([partition, reason]);
    resting.sift(answerOf(CORRUPT_MESSAGE, NOT_LEADER));
    // Its leader changes meanwhile, which mends nothing.
    resting.sift(answerOf(NOT_LEADER, NOT_LEADER));
    resting.sift(answerOf(0, 0));
    expect(told).to.deep.equal([
      [0, 'it is damaged'],
      [0, undefined],
    ]);
  });
});
