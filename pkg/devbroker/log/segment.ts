import { join } from 'node:path';
import { type FileSystem, type OpenFile } from './file_system.js';
import { type Syncer } from './fsync.js';
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  findTimestamp,
  nextOffsetOf,
  splitBatches,
  type TimestampedOffset,
} from './record_batch.js';
import { scanBatches } from './recovery.js';
import { SparseIndex } from './sparse_index.js';

/** Where segments lie and how their bytes reach the disk. */
export interface SegmentFolder {
  readonly fileSystem: FileSystem;
  readonly path: string;
  readonly syncer: Syncer;
}

const FILE_NAME = /^(\d{20})\.log$/;

/** The first offsets of the segments in a folder, lowest first. */
export function segmentsIn({ fileSystem, path }: SegmentFolder): bigint[] {
  const offsets = fileSystem.list(path).flatMap((name) => FILE_NAME.exec(name)?.slice(1).map(BigInt) ?? []);
  return offsets.sort((a, b) => (a < b ? -1 : 1));
}

/**
 * A run of batches in one file, which is named after its first offset as in Apache Kafka and holds the batches as
 * they came over the wire. Only the last segment of a log is written to; it keeps its file open from the first
 * append on, the others open theirs for each read.
 */
export class Segment {
  nextOffset: bigint;
  size = 0;
  /** The latest time in the segment, in milliseconds; -1 when there is none. */
  maxTimestamp = -1n;
  /** The latest time of the first batch. */
  firstTimestamp = -1n;
  private readonly index = new SparseIndex();
  private readonly path: string;
  private file: OpenFile | null = null;
  /** Whether bytes of a batch that was refused may lie behind the last batch. */
  private torn = false;

  constructor(
    private readonly folder: SegmentFolder,
    readonly baseOffset: bigint,
  ) {
    this.nextOffset = baseOffset;
    this.path = join(folder.path, `${baseOffset.toString().padStart(20, '0')}.log`);
  }

  /** Makes the file of a new segment. */
  create(): void {
    this.folder.fileSystem.create(this.path).close();
    this.folder.fileSystem.syncFolder(this.folder.path);
  }

  /** Whether the file holds nothing at all. */
  isEmptyOnDisk(): boolean {
    return this.withFile((file) => file.size() === 0);
  }

  /**
   * Reads what the file holds and cuts off what follows the last sound batch. Checksums are looked at in the last
   * segment only: the others were forced to the disk before the next was begun.
   * @returns how many bytes were cut off
   */
  recover(isLast: boolean, visit: (header: BatchHeader) => void): number {
    const file = this.folder.fileSystem.open(this.path);
    try {
      const end = scanBatches(file, {
        baseOffset: this.baseOffset,
        checksums: isLast,
        visit: (header) => {
          this.add(header);
          visit(header);
        },
      });
      const excess = file.size() - end;
      if (excess > 0) file.truncate(end);
      // What is found may never have been forced to the disk; from now on clients are told that it is there.
      if (excess > 0 || isLast) file.sync();
      return excess;
    } finally {
      file.close();
    }
  }

  /**
   * Writes a batch behind the last one.
   * @throws the operating system's error; the segment is then what it was before
   */
  append(batch: Buffer, header: BatchHeader): void {
    this.file ??= this.folder.fileSystem.open(this.path);
    this.cutTornTail(this.file);
    this.torn = true;
    try {
      this.file.write(batch, this.size);
      this.folder.syncer.written(this.file);
    } catch (error) {
      this.tryToCutTornTail(this.file);
      throw error;
    }
    this.torn = false;
    this.add(header);
  }

  /**
   * Whole batches from the first that ends after `offset` on, as many as `maxBytes` hold.
   * @returns them, and whether the segment holds nothing behind them
   */
  read(offset: bigint, maxBytes: number, evenIfLarger: boolean): { bytes: Buffer; exhausted: boolean } {
    return this.withFile((file) => {
      const { start, end } = this.index.stretchOf(offset);
      const chunkEnd = Math.min(this.size, end + BATCH_HEADER_BYTES + maxBytes);
      const chunk = readBytes(file, start, chunkEnd - start);
      const from = beginOf(offset, chunk);
      const first = chunk.readInt32BE(from + 8) + 12;
      if (first > maxBytes) {
        const bytes = evenIfLarger ? readBytes(file, start + from, first) : Buffer.alloc(0);
        return { bytes, exhausted: start + from + bytes.length === this.size };
      }
      let length = 0;
      for (const { batch } of splitBatches(chunk.subarray(from, from + maxBytes))) length += batch.length;
      return { bytes: chunk.subarray(from, from + length), exhausted: start + from + length === this.size };
    });
  }

  /** The first record at or after the time and at or after the offset `from`. */
  findTimestamp(timestamp: bigint, from: bigint): TimestampedOffset | null {
    if (this.maxTimestamp < timestamp || this.nextOffset <= from) return null;
    return this.withFile((file) => {
      for (const { start, end } of this.index.stretchesSince(timestamp)) {
        for (const { header, batch } of splitBatches(readBytes(file, start, end - start))) {
          const found = nextOffsetOf(header) > from ? findTimestamp(batch, timestamp, from) : null;
          if (found) return found;
        }
      }
      return null;
    });
  }

  /** Forces all of it to the disk and closes the file. @throws the operating system's error; it may be tried again */
  seal(): void {
    if (!this.file) return;
    this.cutTornTail(this.file);
    this.file.sync();
    this.release();
  }

  remove(): void {
    this.release();
    this.folder.fileSystem.remove(this.path);
  }

  private release(): void {
    if (!this.file) return;
    this.folder.syncer.forget(this.file);
    this.file.close();
    this.file = null;
  }

  private add(header: BatchHeader): void {
    const { baseOffset, maxTimestamp, size } = header;
    this.index.add({ offset: baseOffset, maxTimestamp, position: this.size, size });
    if (this.size === 0) this.firstTimestamp = maxTimestamp;
    if (maxTimestamp > this.maxTimestamp) this.maxTimestamp = maxTimestamp;
    this.nextOffset = nextOffsetOf(header);
    this.size += size;
  }

  private cutTornTail(file: OpenFile): void {
    if (!this.torn) return;
    file.truncate(this.size);
    this.torn = false;
  }

  private tryToCutTornTail(file: OpenFile): void {
    try {
      this.cutTornTail(file);
    } catch {
      // Still torn: the next append or seal tries again before it does anything else, and so does a restart.
    }
  }

  private withFile<T>(use: (file: OpenFile) => T): T {
    if (this.file) return use(this.file);
    const file = this.folder.fileSystem.open(this.path);
    try {
      return use(file);
    } finally {
      file.close();
    }
  }
}

function readBytes(file: OpenFile, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, file.read(bytes, position));
}

/** Where in `chunk` the first batch begins that ends after `offset`. */
function beginOf(offset: bigint, chunk: Buffer): number {
  let position = 0;
  for (const { header, batch } of splitBatches(chunk)) {
    if (nextOffsetOf(header) > offset) break;
    position += batch.length;
  }
  return position;
}
