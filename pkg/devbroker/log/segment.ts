import { join } from 'node:path';
import { AppendFile, type FileAccess } from './append_file.js';
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  findTimestamp,
  nextOffsetOf,
  readHeader,
  splitBatches,
  type TimestampedOffset,
} from './record_batch.js';
import { scanBatches } from './recovery.js';
import { SparseIndex } from './sparse_index.js';

/** Where segments lie and how their bytes reach the disk. */
export interface SegmentFolder extends FileAccess {
  readonly path: string;
}

const FILE_NAME = /^(\d{20})\.log$/;

/** The first offsets of the segments in a folder, lowest first. */
export function segmentsIn({ fileSystem, path }: SegmentFolder): bigint[] {
  const offsets = fileSystem.list(path).flatMap((name) => FILE_NAME.exec(name)?.slice(1).map(BigInt) ?? []);
  return offsets.sort((a, b) => (a < b ? -1 : 1));
}

/**
 * A run of batches in one file, which is named after its first offset as in Apache Kafka and holds the batches as
 * they came over the wire. Only the last segment of a log is written to. Errors thrown are the operating system's.
 */
export class Segment {
  nextOffset: bigint;
  /** The latest time in the segment, in milliseconds; -1 when there is none. */
  maxTimestamp = -1n;
  /** The latest time of the first batch. */
  firstTimestamp = -1n;
  private readonly index = new SparseIndex();
  private readonly file: AppendFile;

  constructor(
    private readonly folder: SegmentFolder,
    readonly baseOffset: bigint,
  ) {
    this.nextOffset = baseOffset;
    this.file = new AppendFile(folder, join(folder.path, `${baseOffset.toString().padStart(20, '0')}.log`));
  }

  /** Bytes of its batches. */
  get size(): number {
    return this.file.size;
  }

  /** Makes the file of a new segment. */
  create(): void {
    this.file.create();
  }

  /** Whether the file holds nothing at all. */
  isEmptyOnDisk(): boolean {
    return this.file.use((file) => file.size() === 0);
  }

  /**
   * Reads what the file holds and cuts off what follows the last sound batch. Checksums are looked at in the last
   * segment only: the others were forced to the disk before the next was begun.
   * @returns how many bytes were cut off
   */
  recover(isLast: boolean, visit: (header: BatchHeader) => void): number {
    return this.file.use((file) => {
      const found = (header: BatchHeader, position: number) => {
        this.add(header, position);
        visit(header);
      };
      const end = scanBatches(file, { baseOffset: this.baseOffset, checksums: isLast, visit: found });
      this.file.size = end;
      const excess = file.size() - end;
      if (excess > 0) file.truncate(end);
      // What is found may never have been forced to the disk; from now on clients are told that it is there.
      if (excess > 0 || isLast) file.sync();
      return excess;
    });
  }

  /** Writes a batch behind the last one. When it throws, the segment is what it was before. */
  append(batch: Buffer, header: BatchHeader): void {
    const position = this.size;
    this.file.append(batch);
    this.add(header, position);
  }

  /**
   * Whole batches from the first that ends after `offset` on, as many as `maxBytes` hold.
   * @returns them, and whether the segment holds nothing behind them
   */
  read(offset: bigint, maxBytes: number, evenIfLarger: boolean): { bytes: Buffer; exhausted: boolean } {
    const { start, end } = this.index.stretchOf(offset);
    const chunk = this.file.read(start, end - start + BATCH_HEADER_BYTES + maxBytes);
    const from = beginOf(offset, chunk);
    const first = readHeader(chunk, from).size;
    let bytes: Buffer;
    if (first > maxBytes) {
      bytes = evenIfLarger ? this.file.read(start + from, first) : Buffer.alloc(0);
    } else {
      let length = 0;
      for (const { batch } of splitBatches(chunk.subarray(from, from + maxBytes))) length += batch.length;
      bytes = chunk.subarray(from, from + length);
    }
    return { bytes, exhausted: start + from + bytes.length === this.size };
  }

  /** The first record at or after the time and at or after the offset `from`. */
  findTimestamp(timestamp: bigint, from: bigint): TimestampedOffset | null {
    if (this.maxTimestamp < timestamp || this.nextOffset <= from) return null;
    for (const { start, end } of this.index.stretchesSince(timestamp)) {
      for (const { header, batch } of splitBatches(this.file.read(start, end - start))) {
        const found = nextOffsetOf(header) > from ? findTimestamp(batch, timestamp, from) : null;
        if (found) return found;
      }
    }
    return null;
  }

  /** Forces all of it to the disk and closes the file. It may be tried again when it throws. */
  seal(): void {
    this.file.seal();
  }

  remove(): void {
    this.file.release();
    this.folder.fileSystem.remove(this.file.path);
  }

  private add(header: BatchHeader, position: number): void {
    const { baseOffset, maxTimestamp, size } = header;
    this.index.add({ offset: baseOffset, maxTimestamp, position, size });
    if (position === 0) this.firstTimestamp = maxTimestamp;
    if (maxTimestamp > this.maxTimestamp) this.maxTimestamp = maxTimestamp;
    this.nextOffset = nextOffsetOf(header);
  }
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
