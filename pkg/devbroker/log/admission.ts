import { ErrorCode } from '../wire/errors.js';
import {
  type BatchHeader,
  InvalidBatch,
  isReadable,
  type RecordInfo,
  recordsOf,
  stampAppendTime,
} from './record_batch.js';

/** The settings of a topic that decide whether it takes a batch, and with which times. */
export interface AdmissionSettings {
  /** Records get the time at which they are appended (message.timestamp.type is LogAppendTime). */
  appendTime: boolean;
  /** Milliseconds that a record's time may lie ahead of the broker's. */
  timestampAfterMaxMs: number;
  /** Milliseconds that a record's time may lie behind the broker's. */
  timestampBeforeMaxMs: number;
  /** Every record needs a key (cleanup.policy holds `compact`). */
  compacted: boolean;
}

/**
 * Checks a sound batch against the settings of its topic and stamps it where they say so. Keys are looked for, and
 * times compared with the past, in uncompressed and gzip batches only, since others are not unpacked here.
 * @param now the broker's time in milliseconds
 * @returns the batch's header as it is then
 * @throws InvalidBatch with INVALID_TIMESTAMP or INVALID_RECORD
 */
export function admitBatch(
  batch: Buffer,
  header: BatchHeader,
  { settings, now }: { settings: AdmissionSettings; now: number },
): BatchHeader {
  const { appendTime, timestampAfterMaxMs, timestampBeforeMaxMs, compacted } = settings;
  if (!appendTime && Number(header.maxTimestamp) - now > timestampAfterMaxMs) {
    throw tooFar('after now');
  }
  const earliest = appendTime ? -Infinity : now - timestampBeforeMaxMs;
  if (isReadable(header) && (compacted || earliest > 0)) {
    checkRecords(batch, header, { compacted, earliest });
  }
  return appendTime ? stampAppendTime(batch, now) : header;
}

function checkRecords(
  batch: Buffer,
  header: BatchHeader,
  { compacted, earliest }: { compacted: boolean; earliest: number },
): void {
  for (const { hasKey, timestamp } of soundRecordsOf(batch, header)) {
    if (compacted && !hasKey) {
      throw new InvalidBatch(ErrorCode.INVALID_RECORD, 'a compacted topic takes no records without a key');
    }
    if (Number(timestamp) < earliest) throw tooFar('before now');
  }
}

/** @throws InvalidBatch with CORRUPT_MESSAGE when the bytes form no records */
function soundRecordsOf(batch: Buffer, header: BatchHeader): RecordInfo[] {
  try {
    return [...recordsOf(batch, header)];
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new InvalidBatch(ErrorCode.CORRUPT_MESSAGE, 'the batch holds no records', { cause: error });
    }
    throw error;
  }
}

function tooFar(where: string): InvalidBatch {
  return new InvalidBatch(ErrorCode.INVALID_TIMESTAMP, `a record's time is too far ${where}`);
}
