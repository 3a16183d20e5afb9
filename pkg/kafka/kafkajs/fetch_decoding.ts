import type { Cluster } from 'kafkajs';
import { asError } from '../async.js';
import { CommittedFilter } from '../records/committed_filter.js';
import { decodeBatches } from '../records/decode.js';
import type { UnpackedBatch } from '../records/unpacked_batch.js';
import type { FetchCall, FetchedData, PartitionData, PositionMessage } from './internals.js';
import { restingIn, type RestingPartitions } from './resting_partitions.js';
import { readFetchAnswer, type FetchedPartition } from './wire/fetch_answer.js';
import { Reader } from './wire/reader.js';

/** Of the protocol. */
const FETCH = 1;
const CORRUPT_MESSAGE = 2;
/** From this version on the client itself keeps to the throttle time. */
const CLIENT_THROTTLES = 8;

/** What kafkajs gets in place of all messages that a fetch brought of a partition: where they end. */
export interface FetchedRun extends PositionMessage {
  /** Those of them with committed records; whoever takes them empties it. */
  readonly batches: UnpackedBatch[];
}

/**
 * Has the answers to a consumer's fetches read by this package's own decoder. kafkajs's takes several times as long,
 * lets through aborted records where transactions overlap, loses the end of a batch that compaction took, mixes
 * headers up with members of Object.prototype, and fails all partitions of an answer when one is damaged. Others who
 * use kafkajs in the process get what kafkajs gives.
 */
export function decodeFetchesOf(cluster: Cluster): void {
  const find = cluster.findBroker.bind(cluster);
  const resting = restingIn(cluster);
  cluster.findBroker = async (node) =>
    decodingBroker((await find(node)) as unknown as RequestLookup, resting) as never;
}

/** The part of a kafkajs broker that knows how its node is spoken to, which it learns when it connects. */
export interface RequestLookup {
  lookupRequest(apiKey: number, requests: unknown): (parameters: unknown) => FetchCall;
}

/**
 * @param resting notes what could not be read, which kafkajs does not get to know
 * @returns the same broker, but for fetches
 */
export function decodingBroker(
  broker: RequestLookup,
  resting: Pick<RestingPartitions, 'sift'>,
): RequestLookup {
  const lookupRequest: RequestLookup['lookupRequest'] = (apiKey, requests) => {
    const toCall = broker.lookupRequest(apiKey, requests);
    return apiKey === FETCH ? (parameters) => withOwnDecoder(toCall(parameters), resting) : toCall;
  };
  return Object.create(broker, { lookupRequest: { value: lookupRequest } }) as RequestLookup;
}

function withOwnDecoder(call: FetchCall, resting: Pick<RestingPartitions, 'sift'>): FetchCall {
  const { parse } = call.response;
  return {
    ...call,
    response: {
      decode: (payload) => decode(payload, call.request.apiVersion),
      parse: (data) => parse(resting.sift(data)),
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

/** @throws Error when the first of them is damaged, or compressed by an unknown codec */
async function unpack({ bytes, aborted, ...place }: FetchedPartition): Promise<FetchedRun | undefined> {
  const filter = new CommittedFilter(aborted);
  const batches: UnpackedBatch[] = [];
  let end: bigint | undefined;
  try {
    for (const batch of decodeBatches(bytes, place)) {
      if (filter.counts(batch)) batches.push(await batch.records());
      end = batch.lastOffset;
    }
  } catch (error) {
    // What stands before the damage is handed over; the next fetch begins with it.
    if (end === undefined) throw error;
  }
  return end === undefined ? undefined : { offset: end.toString(), isControlRecord: false, batches };
}
