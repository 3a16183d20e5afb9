import type { Reader } from './reader.js';

/** What a node answers of one partition that it was asked for. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** The id of a node to read it from instead; -1 for none. */
  readonly preferredReadReplica: number;
  /** Record batches as stored. */
  readonly bytes: Buffer;
}

/** The answer to a fetch. */
export interface FetchAnswer {
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly partitions: readonly FetchedPartition[];
}

const NONE = 0;
const NO_REPLICA = -1;

/** Reads an answer of version 4 to 11. @throws RangeError where the bytes end too early */
export function readFetchAnswer(from: Reader, version: number): FetchAnswer {
  const throttleMs = from.int32();
  const hasSession = version >= 7;
  const errorCode = hasSession ? from.int16() : NONE;
  const sessionId = hasSession ? from.int32() : NONE;
  const partitions = from.array(() => {
    const topic = from.string() ?? '';
    return from.array(() => readPartition(from, version, topic));
  });
  return { throttleMs, errorCode, sessionId, partitions: partitions.flat() };
}

function readPartition(from: Reader, version: number, topic: string): FetchedPartition {
  const partition = from.int32();
  const errorCode = from.int16();
  const highWatermark = from.int64();
  const lastStableOffset = from.int64();
  if (version >= 5) from.int64(); // where the log starts
  const aborted = from.array(() => ({ producerId: from.int64(), firstOffset: from.int64() }));
  const preferredReadReplica = version >= 11 ? from.int32() : NO_REPLICA;
  const bytes = from.bytes();
  return {
    topic,
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    aborted,
    preferredReadReplica,
    bytes,
  };
}
