import { type OpenFile } from './file_system.js';
import { FileWindow } from './file_window.js';
import { BATCH_HEADER_BYTES, type BatchHeader, isIntact, nextOffsetOf, readHeader } from './record_batch.js';

/** How to go through a segment file. */
export interface Scan {
  /** The offset of the file's first batch; each further one follows the one before without a gap. */
  readonly baseOffset: bigint;
  /** Whether to check each batch's bytes too, not only that one header leads to the next. */
  readonly checksums: boolean;
  /** Told each sound batch and where it begins, in order. */
  readonly visit: (header: BatchHeader, position: number) => void;
}

/** Goes through the batches of a file up to the first that is not whole and sound. @returns where that one begins */
export function scanBatches(file: OpenFile, { baseOffset, checksums, visit }: Scan): number {
  const fileSize = file.size();
  const window = new FileWindow(file, fileSize);
  let position = 0;
  let expected = baseOffset;
  for (;;) {
    const head = window.view(position, BATCH_HEADER_BYTES);
    if (!head) return position;
    const header = readHeader(head);
    const { size } = header;
    const plausible =
      size >= BATCH_HEADER_BYTES && header.baseOffset === expected && header.lastOffsetDelta >= 0;
    if (!plausible || position + size > fileSize) return position;
    const batch = checksums ? window.view(position, size) : null;
    if (checksums && !(batch && isIntact(batch))) return position;
    visit(header, position);
    expected = nextOffsetOf(header);
    position += size;
  }
}
