import { asError } from '../async.js';
import { CommittedFilter } from '../records/committed_filter.js';
import { decodeBatches } from '../records/decode.js';
import type { UnpackedBatch } from '../records/unpacked_batch.js';
import { fetchResponses, type FetchedData, type PositionMessage } from './internals.js';
import { readFetchAnswer, type FetchedPartition } from './wire/fetch_answer.js';
import { Reader } from './wire/reader.js';

/** Of the protocol: what was fetched is damaged. */
export const CORRUPT_MESSAGE = 2;
/** From this version on the client itself keeps to the throttle time. */
const CLIENT_THROTTLES = 8;

/** What kafkajs gets in place of all messages that a fetch brought of a partition: where they end. */
export interface FetchedRun extends PositionMessage {
  /** Those of them with committed records. */
  readonly batches: readonly UnpackedBatch[];
}

/** A partition as kafkajs gets it; `damage` says what is wrong with its records. */
export type DecodedPartition = FetchedData['responses'][number]['partitions'][number] & {
  readonly damage?: string;
};

/**
 * Has the answers to fetches read by this package's own decoder. kafkajs's takes several times as long, lets
 * through aborted records where transactions overlap, loses the end of a batch that compaction took, mixes
 * headers up with members of Object.prototype, and fails all partitions of an answer when one is damaged.
 */
export function decodeFetches(): void {
  for (const { version, response } of fetchResponses()) {
    response.decode = (payload) => decode(payload, version);
  }
}

async function decode(payload: Buffer, version: number): Promise<FetchedData> {
  const { throttleMs, errorCode, sessionId, partitions } = readFetchAnswer(new Reader(payload), version);
  const responses = await Promise.all(
    partitions.map(async (answer) => ({ topicName: answer.topic, partitions: [await toPartition(answer)] })),
  );
  return {
    ...(version < CLIENT_THROTTLES
      ? { throttleTime: throttleMs }
      : { throttleTime: 0, clientSideThrottleTime: throttleMs }),
    errorCode,
    sessionId,
    responses,
  };
}

async function toPartition(answer: FetchedPartition): Promise<DecodedPartition> {
  const { partition, errorCode, preferredReadReplica } = answer;
  const decoded: DecodedPartition = {
    partition,
    errorCode,
    highWatermark: answer.highWatermark.toString(),
    preferredReadReplica,
    // Filtered already.
    abortedTransactions: [],
    messages: [],
  };
  try {
    const run = await unpack(answer);
    return run === undefined ? decoded : { ...decoded, messages: [run] };
  } catch (error) {
    return { ...decoded, errorCode: CORRUPT_MESSAGE, damage: asError(error).message };
  }
}

/** @throws Error when they are damaged, or compressed by an unknown codec */
async function unpack(answer: FetchedPartition): Promise<FetchedRun | undefined> {
  const filter = new CommittedFilter(answer.aborted);
  const batches: UnpackedBatch[] = [];
  let end: bigint | undefined;
  for (const batch of decodeBatches(answer.bytes, answer)) {
    end = batch.lastOffset;
    if (filter.counts(batch)) batches.push(await batch.records());
  }
  return end === undefined ? undefined : { offset: end.toString(), isControlRecord: false, batches };
}
