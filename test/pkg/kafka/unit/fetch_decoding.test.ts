import { createRequire } from 'node:module';
import { expect } from 'chai';
import {
  CORRUPT_MESSAGE,
  decodeFetches,
  type FetchedRun,
} from '../../../../pkg/kafka/kafkajs/fetch_decoding.js';
import { fetchResponses, type FetchResponse } from '../../../../pkg/kafka/kafkajs/internals.js';
import { Writer } from '../../../../pkg/kafka/kafkajs/wire/writer.js';
import { storedBatch } from '../support/stored_batch.js';

const load = createRequire(import.meta.url);

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

/** kafkajs's own decoder, whoever has replaced it. */
function unpatched(version: number): FetchResponse {
  const { cache } = load;
  const isResponse = (file: string) => /fetch.v\d+.response/.test(file);
  const patched = Object.entries(cache).filter(([file]) => isResponse(file));
  for (const [file] of patched) Reflect.deleteProperty(cache, file);
  try {
    return load(`kafkajs/src/protocol/requests/fetch/v${version}/response`) as FetchResponse;
  } finally {
    Object.assign(cache, Object.fromEntries(patched));
  }
}

function recordsOf(run: unknown) {
  return (run as FetchedRun | undefined)?.batches.flatMap((batch) => [...batch]) ?? [];
}

describe('answers to fetches', () => {
  before(decodeFetches);

  for (const { version, response } of fetchResponses()) {
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
      const { responses: theirs, ...whole } = await unpatched(version).decode(payload);
      const { responses: ours, ...same } = await response.decode(payload);
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

  const [latest] = fetchResponses().slice(-1);
  const decode = async (...partitions: Answer[]) => {
    const { responses } = await (latest as { response: FetchResponse }).response.decode(
      answer(11, partitions),
    );
    return responses.flatMap((topic) => topic.partitions);
  };

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
