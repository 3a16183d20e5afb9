import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  byTopic,
  int16,
  int32,
  int64,
  nullableBytes,
  nullableString,
  since,
  struct,
} from '../wire/schema.js';
import { settingOf } from '../configs.js';
import { BrokerError } from '../errors.js';
import { type AdmissionSettings, admitBatch } from '../log/admission.js';
import { listOf } from '../topic_settings.js';

const NO_OFFSET = -1n;
const NO_TIME = -1n;

/**
 * Produce 3 to 9. Every acks setting means the same on a single replica, except that acks=0 wants no
 * answer at all; an error then ends the connection, as with Apache Kafka, so that the client learns of it.
 *
 * It is advertised from version 0, as by Apache Kafka 4, which refuses versions 0 to 2 as well: librdkafka sends
 * everything uncompressed to a broker that does not advertise them (KAFKA-18659).
 */
export const produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: [3, 9],
  advertisedFrom: 0,
  flexibleSince: 9,
  request: struct({
    transactionalId: nullableString,
    acks: int16,
    timeoutMs: int32,
    topics: byTopic(struct({ index: int32, records: nullableBytes })),
  }),
  response: struct({
    topics: byTopic(
      struct({
        index: int32,
        errorCode: int16,
        baseOffset: int64,
        logAppendTimeMs: int64,
        logStartOffset: since(5, int64, NO_OFFSET),
        recordErrors: since(
          8,
          array(struct({ batchIndex: int32, message: nullableString })),
          [] as { batchIndex: number; message: string | null }[],
        ),
        errorMessage: since(8, nullableString, null),
      }),
    ),
    throttleTimeMs: int32,
  }),
  handle(request, context) {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, records }) => {
        const outcome = append({ topic: name, partition: index, records }, request.acks, context);
        return { index, recordErrors: [], ...outcome };
      }),
    }));
    if (request.acks !== 0) return { topics, throttleTimeMs: 0 };
    for (const { name, partitions } of topics) {
      const refused = partitions.find(({ errorCode }) => errorCode !== ErrorCode.NONE);
      if (refused) throw new UnansweredRefusal(name, refused);
    }
    return null;
  },
});

/** A produce that wants no answer was refused: the end of the connection tells the client. */
class UnansweredRefusal extends Error {
  override readonly name = 'UnansweredRefusal';

  constructor(topic: string, { index, errorCode, errorMessage }: Refused) {
    super(`a produce with acks=0 to ${topic}-${index} was refused: ${errorMessage ?? `error ${errorCode}`}`);
  }
}

interface Refused {
  index: number;
  errorCode: number;
  errorMessage: string | null;
}

interface Append {
  topic: string;
  partition: number;
  records: Uint8Array | null;
}

function append(
  { topic, partition, records }: Append,
  acks: number,
  { broker, nodeId, faults }: RequestContext,
) {
  const refuse = (errorCode: number, errorMessage: string | null = null) => ({
    errorCode,
    errorMessage,
    baseOffset: NO_OFFSET,
    logAppendTimeMs: NO_TIME,
    logStartOffset: NO_OFFSET,
  });
  const injected = faults.errorFor({ topic, partition });
  if (injected !== 0) return refuse(injected);
  const log = broker.topics.partition(topic, partition);
  if (!log) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (broker.leaderOf(topic, partition) !== nodeId) return refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  if (acks < -1 || acks > 1) return refuse(ErrorCode.INVALID_REQUIRED_ACKS);
  if (!records || records.length === 0) return refuse(ErrorCode.INVALID_RECORD, 'no record batch');
  const configs = broker.topics.get(topic)?.configs ?? new Map<string, string>();
  const setting = (name: string) => settingOf(configs, name, broker.options);
  const largest = Number(setting('max.message.bytes'));
  if (records.length > largest) {
    const message = `a batch has at most ${largest} bytes, this one ${records.length}`;
    return refuse(ErrorCode.MESSAGE_TOO_LARGE, message);
  }
  try {
    const batch = Buffer.from(records.buffer, records.byteOffset, records.length);
    const settings = admissionSettings(setting);
    const now = broker.clock.now();
    const baseOffset = log.append(batch, (header) => admitBatch(batch, header, { settings, now }));
    return {
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      baseOffset,
      logAppendTimeMs: settings.appendTime ? BigInt(now) : NO_TIME,
      logStartOffset: log.startOffset,
    };
  } catch (error) {
    if (error instanceof BrokerError) return refuse(error.code, error.message);
    throw error;
  }
}

function admissionSettings(setting: (name: string) => string): AdmissionSettings {
  return {
    appendTime: setting('message.timestamp.type') === 'LogAppendTime',
    timestampAfterMaxMs: Number(setting('message.timestamp.after.max.ms')),
    timestampBeforeMaxMs: Number(setting('message.timestamp.before.max.ms')),
    compacted: listOf(setting('cleanup.policy')).includes('compact'),
  };
}
