import { gzipSync } from 'node:zlib';
import { crc32c } from '../../../../pkg/devbroker/log/crc32c.js';

/** API keys that the tests ask by. */
export const Key = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  LeaveGroup: 13,
  SyncGroup: 14,
  ApiVersions: 18,
  DescribeGroups: 15,
  ListGroups: 16,
  CreateTopics: 19,
  DeleteTopics: 20,
  DeleteRecords: 21,
  InitProducerId: 22,
  DescribeConfigs: 32,
  AlterConfigs: 33,
  CreatePartitions: 37,
  DeleteGroups: 42,
  IncrementalAlterConfigs: 44,
  OffsetDelete: 47,
  DescribeCluster: 60,
} as const;

export interface RecordOptions {
  /** Bytes of the value. Default 3. */
  size?: number;
  /** Milliseconds since the epoch. Default 1000. */
  timestamp?: number;
  /** None by default. */
  key?: string;
  gzip?: boolean;
}

/** A batch with a single record. */
export function oneRecord({ size = 3, timestamp = 1000, key, gzip = false }: RecordOptions = {}): Buffer {
  const keyBytes =
    key === undefined ? Buffer.from([1]) : Buffer.concat([zigzag(key.length), Buffer.from(key)]);
  // attributes, timestamp delta, offset delta; then key, value and no headers
  const head = Buffer.from([0, 0, 0]);
  const content = Buffer.concat([head, keyBytes, zigzag(size), Buffer.alloc(size, 'v'), Buffer.from([0])]);
  const record = Buffer.concat([zigzag(content.length), content]);
  return batchOf(gzip ? gzipSync(record) : record, { timestamp, attributes: gzip ? 1 : 0 });
}

/** A batch that claims to hold one record in these bytes, under a sound checksum. */
export function batchOf(
  records: Uint8Array,
  { timestamp = 1000, attributes = 0 }: { timestamp?: number; attributes?: number } = {},
): Buffer {
  const header = Buffer.alloc(61);
  header.writeInt32BE(header.length - 12 + records.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeBigInt64BE(BigInt(timestamp), 27);
  header.writeBigInt64BE(BigInt(timestamp), 35);
  header.writeBigInt64BE(-1n, 43);
  header.writeInt16BE(-1, 51);
  header.writeInt32BE(-1, 53);
  header.writeInt32BE(1, 57);
  const batch = Buffer.concat([header, records]);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

export interface Place {
  topic: string;
  partition?: number;
}

/** A Produce request with one batch. */
export function produceRequest(
  { topic, partition = 0 }: Place,
  options: { acks?: number; records?: Buffer } = {},
) {
  const { acks = -1, records = oneRecord() } = options;
  return {
    transactionalId: null,
    acks,
    timeoutMs: 1000,
    topics: [{ name: topic, partitions: [{ index: partition, records }] }],
  };
}

/** A Fetch request of one partition from its start. */
export function fetchRequest(
  { topic, partition = 0 }: Place,
  options: { maxWaitMs?: number; offset?: bigint } = {},
) {
  const { maxWaitMs = 0, offset = 0n } = options;
  return {
    replicaId: -1,
    maxWaitMs,
    minBytes: 1,
    maxBytes: 10_000_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [
      {
        name: topic,
        partitions: [
          {
            partition,
            currentLeaderEpoch: -1,
            fetchOffset: offset,
            lastFetchedEpoch: -1,
            logStartOffset: -1n,
            partitionMaxBytes: 1_000_000,
          },
        ],
      },
    ],
    forgottenTopics: [],
    rackId: '',
  };
}

/** A Metadata request; null asks for all topics. */
export function metadataRequest(names: string[] | null) {
  return {
    topics: names?.map((name) => ({ name })) ?? null,
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  };
}

/** A request for a fresh producer id. */
export const initProducerIdRequest = {
  transactionalId: null,
  transactionTimeoutMs: 1000,
  producerId: -1n,
  producerEpoch: -1,
};
