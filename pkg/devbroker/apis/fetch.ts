import { outcomeOf } from '../errors.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  batches,
  byTopic,
  type Infer,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  since,
  string,
  struct,
} from '../wire/schema.js';

const NO_OFFSET = -1n;
const NO_REPLICA = -1;

/** No answer holds more bytes of records, whatever the client asks for: Apache Kafka's default of fetch.max.bytes. */
const MAX_ANSWER_BYTES = 55 * 1024 * 1024;

const request = struct({
  replicaId: int32,
  maxWaitMs: int32,
  minBytes: int32,
  maxBytes: int32,
  isolationLevel: int8,
  sessionId: since(7, int32, 0),
  sessionEpoch: since(7, int32, -1),
  topics: byTopic(
    struct({
      partition: int32,
      currentLeaderEpoch: since(9, int32, -1),
      fetchOffset: int64,
      lastFetchedEpoch: since(12, int32, -1),
      logStartOffset: since(5, int64, NO_OFFSET),
      partitionMaxBytes: int32,
    }),
  ),
  forgottenTopics: since(7, byTopic(int32), []),
  rackId: since(11, string, ''),
});

type FetchRequest = Infer<typeof request>;
type PartitionRequest = FetchRequest['topics'][number]['partitions'][number];

/**
 * Fetch 4 to 12, without fetch sessions: the answer always has session id 0, which tells clients to send
 * their full list each time.
 */
export const fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: [4, 12],
  flexibleSince: 12,
  request,
  response: struct({
    throttleTimeMs: int32,
    errorCode: since(7, int16, 0),
    sessionId: since(7, int32, 0),
    topics: byTopic(
      struct({
        partition: int32,
        errorCode: int16,
        highWatermark: int64,
        lastStableOffset: int64,
        logStartOffset: since(5, int64, NO_OFFSET),
        abortedTransactions: nullableArray(struct({ producerId: int64, firstOffset: int64 })),
        preferredReadReplica: since(11, int32, NO_REPLICA),
        records: batches,
      }),
    ),
  }),
  async handle(asked, context) {
    const maxBytes = Math.min(asked.maxBytes, MAX_ANSWER_BYTES);
    // What is not sent in one answer cannot be waited for.
    const body = { ...asked, maxBytes, minBytes: Math.min(asked.minBytes, maxBytes) };
    let read = readAll(body, context);
    if (!read.answerNow && read.bytes < body.minBytes && body.maxWaitMs > 0) {
      await enoughOrLate(body, context, () => {
        read = readAll(body, context);
        return read.answerNow || read.bytes >= body.minBytes;
      });
    }
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, sessionId: 0, topics: read.topics };
  },
});

/** Reads what is there now. An error of any partition is reason to answer at once. */
function readAll(body: FetchRequest, context: RequestContext) {
  let bytes = 0;
  let answerNow = false;
  const topics = body.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted) => {
      const limit = Math.min(wanted.partitionMaxBytes, body.maxBytes - bytes);
      const found = readOne(name, wanted, { limit, first: bytes === 0 }, context);
      bytes += found.records.reduce((sum, batch) => sum + batch.length, 0);
      answerNow ||= found.errorCode !== ErrorCode.NONE;
      return found;
    }),
  }));
  return { topics, bytes, answerNow };
}

function readOne(
  topic: string,
  wanted: PartitionRequest,
  { limit, first }: { limit: number; first: boolean },
  { broker, nodeId, faults }: RequestContext,
) {
  const log = broker.topics.partition(topic, wanted.partition);
  const answer = {
    partition: wanted.partition,
    errorCode: faults.errorFor({ topic, partition: wanted.partition }),
    highWatermark: log?.endOffset ?? NO_OFFSET,
    lastStableOffset: log?.endOffset ?? NO_OFFSET,
    logStartOffset: log?.startOffset ?? NO_OFFSET,
    abortedTransactions: null,
    preferredReadReplica: NO_REPLICA,
    records: [] as Uint8Array[],
  };
  if (answer.errorCode !== ErrorCode.NONE) return answer;
  if (!log) {
    answer.errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  } else if (broker.leaderOf(topic, wanted.partition) !== nodeId) {
    answer.errorCode = ErrorCode.NOT_LEADER_OR_FOLLOWER;
  } else if (wanted.fetchOffset < log.startOffset || wanted.fetchOffset > log.endOffset) {
    answer.errorCode = ErrorCode.OFFSET_OUT_OF_RANGE;
  } else if (first || limit > 0) {
    // Only the first partition with data may exceed the limits, by one batch; else nobody gets past it.
    const { errorCode } = outcomeOf(() => {
      const read = log.read(wanted.fetchOffset, Math.max(limit, 0));
      answer.records = first || (read[0]?.length ?? 0) <= limit ? read : [];
    });
    answer.errorCode = errorCode;
  }
  return answer;
}

/** Waits until `enough` says so after an append, maxWaitMs have passed, or the client has gone. */
function enoughOrLate(
  body: FetchRequest,
  { broker, signal }: RequestContext,
  enough: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const finish = () => {
      for (const stop of stops) stop();
      resolve();
    };
    const timer = broker.clock.setTimeout(() => {
      enough();
      finish();
    }, body.maxWaitMs);
    stops.push(() => {
      broker.clock.clearTimeout(timer);
    });
    signal.addEventListener('abort', finish, { once: true });
    stops.push(() => {
      signal.removeEventListener('abort', finish);
    });
    for (const { name, partitions } of body.topics) {
      for (const { partition } of partitions) {
        const unwatch = broker.topics.partition(name, partition)?.watch(() => {
          if (enough()) finish();
        });
        if (unwatch) stops.push(unwatch);
      }
    }
  });
}
