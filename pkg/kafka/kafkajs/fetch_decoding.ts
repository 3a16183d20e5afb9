import type { Cluster } from 'kafkajs';
import { asError } from '../async.js';
import { CommittedFilter } from '../records/committed_filter.js';
import { decodeBatches } from '../records/decode.js';
import type { UnpackedBatch } from '../records/unpacked_batch.js';
import type { FetchCall, FetchedData, PartitionData, PositionMessage } from './internals.js';
import { naming } from './resting_partitions.js';
import { readFetchAnswer, type FetchedPartition } from './wire/fetch_answer.js';
import { Reader } from './wire/reader.js';

/** Of the protocol. */
const FETCH = 1;
const CORRUPT_MESSAGE = 2;
/** From this version on the client itself keeps to the throttle time. */
const CLIENT_THROTTLES = 8;

/** What kafkajs gets in place of all messages that a fetch brought of a partition: where they end. */
export interface FetchedRun extends PositionMessage {
  /** Those of them with committed records. */
  readonly batches: readonly UnpackedBatch[];
}

/**
 * Has the answers to a consumer's fetches read by this package's own decoder. kafkajs's takes several times as long,
 * lets through aborted records where transactions overlap, loses the end of a batch that compaction took, mixes
 * headers up with members of Object.prototype, and fails all partitions of an answer when one is damaged. Others who
 * use kafkajs in the process get what kafkajs gives.
 */
export function decodeFetchesOf(cluster: Cluster): void {
  const find = cluster.findBroker.bind(cluster);
  cluster.findBroker = async (node) => decodingBroker((await find(node)) as unknown as LookingUp) as never;
}

/** The part of a kafkajs broker that knows how its node is spoken to, which it learns when it connects. */
export interface LookingUp {
  lookupRequest(apiKey: number, requests: unknown): (parameters: unknown) => FetchCall;
}

/** @returns the same broker, but for fetches */
export function decodingBroker(broker: LookingUp): LookingUp {
  const lookupRequest: LookingUp['lookupRequest'] = (apiKey, requests) => {
    const toCall = broker.lookupRequest(apiKey, requests);
    return apiKey === FETCH ? (parameters) => withOwnDecoder(toCall(parameters)) : toCall;
  };
  return Object.create(broker, { lookupRequest: { value: lookupRequest } }) as LookingUp;
}

function withOwnDecoder(call: FetchCall): FetchCall {
  const { parse } = call.response;
  return {
    ...call,
    response: {
      decode: (payload) => decode(payload, call.request.apiVersion),
      parse: (data) => naming(data, parse),
    },
  };
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

async function toPartition(answer: FetchedPartition): Promise<PartitionData> {
  const { partition, errorCode, preferredReadReplica } = answer;
  const decoded: PartitionData = {
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
