import { createRequire } from 'node:module';
import { expect } from 'chai';
import {
  decodingBroker,
  type FetchedRun,
  type LookingUp,
} from '../../../../pkg/kafka/kafkajs/fetch_decoding.js';
import type { FetchCall } from '../../../../pkg/kafka/kafkajs/internals.js';
import { Writer } from '../../../../pkg/kafka/kafkajs/wire/writer.js';
import { storedBatch } from '../support/stored_batch.js';

const load = createRequire(import.meta.url);
/** Of the protocol. */
const FETCH = 1;
const CORRUPT_MESSAGE = 2;

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
  const call = (asked: LookingUp) => asked.lookupRequest(FETCH, requests)(parameters);
  return { theirs: call(broker), ours: call(decodingBroker(broker)) };
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
    expect(decodingBroker({ lookupRequest: () => make }).lookupRequest(FETCH + 1, requests)).to.equal(make);
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
    const bad = await storedBatch({ baseOffset: 0n, values: ['bad'] });
    bad.writeInt32BE(1_000, 57);
    const [damaged, whole] = await decode({ partition: 0, bytes: bad }, { partition: 1, bytes: good });
    expect(damaged).to.deep.include({
      errorCode: CORRUPT_MESSAGE,
      damage: 'a record is cut short',
      messages: [],
    });
    expect(recordsOf(whole?.messages[0])).to.have.length(1);
  });
});
