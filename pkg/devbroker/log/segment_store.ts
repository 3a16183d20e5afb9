import { join } from 'node:path';
import { readWholeFile, swapFile } from './atomic_file.js';
import { ProducerSnapshot, type ProducerSnapshotOptions } from './producer_snapshot.js';
import { type BatchHeader, type TimestampedOffset } from './record_batch.js';
import { countExpired } from './retention.js';
import { Segment, type SegmentFolder, segmentsIn } from './segment.js';
import { type LogSettings } from './settings.js';
import { onDisk, StorageError } from './storage_error.js';
import { type LogStore } from './store.js';

/** Holds the log's start after DeleteRecords, which may lie within a segment. */
const START_OFFSET_FILE = 'log-start-offset';

/** More is never read at once of one partition, whatever a client allows. */
const MAX_READ_BYTES = 8 * 1024 * 1024;

/** A partition's folder, and what governs it. */
export interface SegmentStoreOptions extends SegmentFolder, ProducerSnapshotOptions {
  /** Asked each time anew, so that a changed setting counts at once. */
  readonly settings: () => LogSettings;
  /** Told each batch that is found when the store is opened and is not in the snapshot of the producers. */
  readonly visit: (header: BatchHeader) => void;
}

/**
 * A partition's batches in segment files. All input and output is synchronous: an append costs some
 * 30 microseconds, and there is never a moment in which another request sees half of it.
 *
 * Opening reads the headers of all batches and checks every byte of the last segment, since a segment is forced
 * to the disk before the next is begun. What follows the last sound batch was never acknowledged and is cut off.
 */
export class SegmentStore implements LogStore {
  /** By offset; the last one, which is always there, is written to. */
  private readonly segments: Segment[] = [];
  private readonly producers: ProducerSnapshot;
  private firstKept = 0n;
  private closed = false;

  /** Opens the folder's log, or begins one in a folder without. @throws StorageError */
  constructor(private readonly options: SegmentStoreOptions) {
    this.producers = new ProducerSnapshot(options);
    onDisk(`opening ${options.path}`, () => {
      options.fileSystem.makeFolder(options.path);
      this.firstKept = this.readStartOffset();
      this.openSegments();
    });
  }

  get startOffset(): bigint {
    const first = this.segments[0]?.baseOffset ?? 0n;
    return this.firstKept > first ? this.firstKept : first;
  }

  get endOffset(): bigint {
    return this.active.nextOffset;
  }

  get sizeInBytes(): number {
    return this.segments.reduce((sum, { size }) => sum + size, 0);
  }

  append(batch: Buffer, header: BatchHeader): void {
    if (this.closed) throw new StorageError(`${this.options.path} is closed`);
    onDisk(`writing to ${this.options.path}`, () => {
      if (this.isFull(batch.length, header.maxTimestamp)) this.roll();
      this.active.append(batch, header);
    });
  }

  read(offset: bigint, maxBytes: number): Buffer[] {
    if (this.closed || offset >= this.endOffset) return [];
    return onDisk(`reading ${this.options.path}`, () => {
      const pieces: Buffer[] = [];
      let room = Math.min(maxBytes, MAX_READ_BYTES);
      for (let i = this.segments.findIndex(({ nextOffset }) => nextOffset > offset); ; i++) {
        const segment = this.segments[i];
        if (!segment) break;
        if (segment.size === 0) continue;
        const { bytes, exhausted } = segment.read(offset, Math.max(room, 0), pieces.length === 0);
        if (bytes.length > 0) pieces.push(bytes);
        room -= bytes.length;
        if (!exhausted || room <= 0) break;
      }
      return pieces;
    });
  }

  findTimestamp(timestamp: bigint): TimestampedOffset | null {
    return onDisk(`reading ${this.options.path}`, () => {
      for (const segment of this.closed ? [] : this.segments) {
        const found = segment.findTimestamp(timestamp, this.startOffset);
        if (found) return found;
      }
      return null;
    });
  }

  deleteBefore(offset: bigint): void {
    if (offset <= this.startOffset) return;
    onDisk(`deleting records of ${this.options.path}`, () => {
      const { fileSystem, path } = this.options;
      swapFile(fileSystem, join(path, START_OFFSET_FILE), offset.toString());
    });
    // From here on it has happened, whatever else fails: the next start reads this offset.
    this.firstKept = offset;
    try {
      this.options.fileSystem.syncFolder(this.options.path);
      if (offset === this.endOffset && this.active.size > 0) this.roll();
      this.removeUnreachable();
    } catch (error) {
      this.options.onProblem(`${this.options.path}: deleted records are still on the disk`, error);
    }
  }

  expire(now: number): void {
    if (this.closed) return;
    onDisk(`expiring records of ${this.options.path}`, () => {
      this.removeUnreachable();
      const expired = countExpired(this.segments, this.options.settings(), now);
      // The end of the log must outlive its last record, so an empty segment takes over first.
      if (expired === this.segments.length) this.roll();
      this.removeFirst(expired);
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.active.seal();
    } catch (error) {
      this.options.onProblem(`closing ${this.options.path}`, error);
    }
  }

  private get active(): Segment {
    const last = this.segments.at(-1);
    if (!last) throw new StorageError(`${this.options.path} has no segment`);
    return last;
  }

  /** Whether the next batch belongs into a new segment. */
  private isFull(bytes: number, timestamp: bigint): boolean {
    const { size, firstTimestamp } = this.active;
    const { segmentBytes, segmentMs } = this.options.settings();
    return size > 0 && (size + bytes > segmentBytes || Number(timestamp - firstTimestamp) > segmentMs);
  }

  private roll(): void {
    this.active.seal();
    this.begin(this.endOffset);
  }

  private begin(baseOffset: bigint): void {
    const segment = new Segment(this.options, baseOffset);
    segment.create();
    this.segments.push(segment);
  }

  /** Removes the segments that lie wholly before the start. */
  private removeUnreachable(): void {
    const start = this.firstKept;
    this.removeFirst(this.segments.findIndex(({ nextOffset, size }) => nextOffset > start || size === 0));
  }

  private removeFirst(count: number): void {
    const first = this.segments[count];
    if (count > 0 && first) this.producers.keep(first.baseOffset);
    for (let i = 0; i < count; i++) {
      this.segments[0]?.remove();
      this.segments.shift();
    }
  }

  private openSegments(): void {
    const { fileSystem, path, visit, onProblem } = this.options;
    const found = this.dropEmpty(segmentsIn(this.options).map((offset) => new Segment(this.options, offset)));
    // The names too may never have been forced to the disk.
    fileSystem.syncFolder(path);
    const known = this.producers.load();
    const visitNews = (header: BatchHeader) => {
      if (header.baseOffset >= known) visit(header);
    };
    for (const segment of found) {
      const isLast = segment === found.at(-1);
      const cut = segment.recover(isLast, visitNews);
      if (cut > 0) {
        const what = isLast ? 'of a write that was not finished' : 'that could not be read';
        onProblem(`${path}: ${cut} bytes ${what} were cut off at offset ${segment.nextOffset}`);
      }
      this.segments.push(segment);
    }
    // The start lies behind the end only when a power cut took the records but not the mark.
    if (this.segments.length === 0 || this.firstKept > this.endOffset) {
      this.begin(this.firstKept);
      this.removeFirst(this.segments.length - 1);
    }
  }

  /**
   * Leaves out empty segments beside others. One that could not be finished being made lies within the range of the
   * segment before it, which was written on; one that was made but not yet used says nothing that its predecessor
   * does not say. Where all are empty the last one tells the end of the log.
   */
  private dropEmpty(segments: Segment[]): Segment[] {
    const filled = segments.filter((segment) => !segment.isEmptyOnDisk());
    const kept = filled.length > 0 ? filled : segments.slice(-1);
    for (const segment of segments) if (!kept.includes(segment)) segment.remove();
    return kept;
  }

  private readStartOffset(): bigint {
    const { fileSystem, path, onProblem } = this.options;
    const text = readWholeFile(fileSystem, join(path, START_OFFSET_FILE))?.toString() ?? '0';
    if (/^\d{1,19}$/.test(text)) return BigInt(text);
    onProblem(`${path}: the start offset '${text}' makes no sense, so deleted records may be back`);
    return 0n;
  }
}
