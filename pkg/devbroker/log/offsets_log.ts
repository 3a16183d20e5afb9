import {
  CommittedOffsets,
  type CommittedOffset,
  type OffsetsRecord,
  type OffsetsStore,
} from '../group/offsets.js';
import { type FileAccess } from './append_file.js';
import { FrameLog } from './frame_log.js';
import { onDisk, StorageError } from './storage_error.js';

/** The log is compacted when it has grown to so many bytes and to so many times what it had to hold before. */
const COMPACT_AT_BYTES = 1024 * 1024;
const COMPACT_AT_GROWTH = 4;

/**
 * Committed offsets in a framed log, one record for each commit. It is compacted to the offsets that count when it
 * is opened and whenever it has grown a lot.
 */
export class OffsetsLog implements OffsetsStore {
  private readonly log: FrameLog;
  private compactAt = COMPACT_AT_BYTES;
  private closed = false;

  /** Opens the log, or begins one. @throws StorageError */
  constructor(
    access: FileAccess,
    private readonly path: string,
    private readonly onProblem: (message: string, error?: unknown) => void,
  ) {
    this.log = new FrameLog(access, path);
    onDisk(`opening ${path}`, () => {
      this.log.open();
    });
    this.compact();
  }

  /** @throws StorageError */
  load(): OffsetsRecord[] {
    return onDisk(`reading ${this.path}`, () => this.log.records().map(decode));
  }

  /** @throws StorageError */
  append(record: OffsetsRecord): void {
    if (this.closed) throw new StorageError(`${this.path} is closed`);
    onDisk(`writing ${this.path}`, () => {
      this.log.append(encode(record));
    });
    if (this.log.size >= this.compactAt) this.compact();
  }

  close(): void {
    this.closed = true;
    try {
      this.log.close();
    } catch (error) {
      this.onProblem(`closing ${this.path}`, error);
    }
  }

  private compact(): void {
    try {
      this.log.replace(onlyWhatCounts(this.load()).map(encode));
    } catch (error) {
      // The log is as good as before, only longer: on a full disk it must not keep the broker from starting.
      this.onProblem(`compacting ${this.path}`, error);
    }
    this.compactAt = Math.max(COMPACT_AT_BYTES, COMPACT_AT_GROWTH * this.log.size);
  }
}

/** One commit for each group, with all of its offsets. */
function onlyWhatCounts(records: readonly OffsetsRecord[]): OffsetsRecord[] {
  const state = new CommittedOffsets({ load: () => records, append: () => undefined });
  return state
    .groups()
    .map((groupId) => ({ kind: 'commit', groupId, offsets: state.fetchAll(groupId) }) as const);
}

function encode(record: OffsetsRecord): Buffer {
  const text = JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return Buffer.from(text);
}

/** The records as they are written: JSON knows no 64-bit numbers, so an offset is a string there. */
type Written<R> = R extends { readonly offsets: unknown }
  ? Omit<R, 'offsets'> & {
      readonly offsets: readonly (Omit<CommittedOffset, 'offset'> & { offset: string })[];
    }
  : R;

function decode(bytes: Buffer): OffsetsRecord {
  const record = JSON.parse(bytes.toString()) as Written<OffsetsRecord>;
  if (record.kind !== 'commit') return record;
  return { ...record, offsets: record.offsets.map((o) => ({ ...o, offset: BigInt(o.offset) })) };
}
