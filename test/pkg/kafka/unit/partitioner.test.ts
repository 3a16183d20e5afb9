import { expect } from 'chai';
import fc from 'fast-check';
import kafkajs, { type PartitionMetadata } from 'kafkajs';
import { partitionForKey } from '../../../../pkg/kafka/index.js';
import { murmur2, StickyPartitions } from '../../../../pkg/kafka/partitioner.js';

/** Key and hash as Apache Kafka's own test of Utils.murmur2 has them. */
const JAVA_VECTORS: readonly [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
];

describe('partitioner', () => {
  it("murmur2 gives the hashes of Kafka's Java client", () => {
    for (const [key, hash] of JAVA_VECTORS) expect(murmur2(Buffer.from(key)), key).to.equal(hash);
    expect(murmur2(Buffer.from('abc'))).to.equal(479470107);
  });

  it("a key's partition equals that of kafkajs's Java-compatible partitioner, for any bytes", () => {
    const reference = kafkajs.Partitioners.DefaultPartitioner();
    const key = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 50 }), (raw, partitions) => {
        const bytes = Buffer.from(raw as string);
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
          leader: 1,
        })) as PartitionMetadata[];
        const expected = reference({ topic: 't', partitionMetadata, message: { key: bytes, value: null } });
        expect(partitionForKey(bytes, partitions)).to.equal(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a view into a larger buffer, not the buffer', () => {
    const large = Buffer.from('xxfoobarxx');
    expect(murmur2(large.subarray(2, 8))).to.equal(murmur2(Buffer.from('foobar')));
  });

  it('messages without a key stay in one partition per topic until the next flush', () => {
    const draws = [0.1, 0.9, 0.5];
    const sticky = new StickyPartitions(() => draws.shift() ?? 0);
    expect([sticky.choose('a', 10), sticky.choose('b', 10), sticky.choose('a', 10)]).to.deep.equal([1, 9, 1]);
    sticky.restart();
    expect(sticky.choose('a', 10)).to.equal(5);
  });
});
