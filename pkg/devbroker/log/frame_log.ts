import { dirname } from 'node:path';
import { AppendFile, type FileAccess } from './append_file.js';
import { readWholeFile, swapFile } from './atomic_file.js';
import { crc32c } from './crc32c.js';

/** Bytes of a frame before its payload: the payload's length and its CRC-32C, 32 bits each. */
const FRAME_HEADER_BYTES = 8;

/**
 * A file of small records, each with its length and checksum, for state that is kept as the list of its changes.
 * Errors thrown are the operating system's; a record whose append threw is not in the log.
 */
export class FrameLog {
  private file: AppendFile;
  /** Whether the path leads to this file after a power cut too. */
  private nameIsSynced = false;

  constructor(
    private readonly access: FileAccess,
    private readonly path: string,
  ) {
    this.file = new AppendFile(access, path);
  }

  /** Bytes of the file. */
  get size(): number {
    return this.file.size;
  }

  /**
   * Opens the log, which begins empty where there is none, and cuts off what follows the last sound record: a
   * write that was never finished. To be called once, before anything else.
   */
  open(): void {
    if (!this.access.fileSystem.exists(this.path)) {
      this.file.create();
      return;
    }
    const content = this.content();
    for (const record of framesIn(content)) this.file.size += FRAME_HEADER_BYTES + record.length;
    this.file.use((file) => {
      if (content.length > this.file.size) file.truncate(this.file.size);
      // What is found may never have been forced to the disk; from now on others are told that it is there.
      file.sync();
    });
    this.syncName();
  }

  /** All records, in the order in which they were appended. */
  records(): Buffer[] {
    return [...framesIn(this.content())];
  }

  append(record: Buffer): void {
    this.syncName();
    this.file.append(frame(record));
  }

  /**
   * Puts these records in the place of all, in one step. When it throws, either all is as it was, or the records
   * are replaced and only a power cut can bring back the old ones; nothing more is written before that is mended.
   */
  replace(records: Iterable<Buffer>): void {
    const content = Buffer.concat([...records].map(frame));
    swapFile(this.access.fileSystem, this.path, content);
    this.nameIsSynced = false;
    this.file.release();
    this.file = new AppendFile(this.access, this.path);
    this.file.size = content.length;
    this.syncName();
  }

  /** Forces all of it to the disk and closes it. */
  close(): void {
    this.file.seal();
  }

  private syncName(): void {
    if (this.nameIsSynced) return;
    this.access.fileSystem.syncFolder(dirname(this.path));
    this.nameIsSynced = true;
  }

  private content(): Buffer {
    return readWholeFile(this.access.fileSystem, this.path) ?? Buffer.alloc(0);
  }
}

/** The records of the frames up to the first that is not whole and sound. */
function* framesIn(content: Buffer): Generator<Buffer> {
  let position = 0;
  for (let record = frameAt(content, 0); record; record = frameAt(content, position)) {
    yield record;
    position += FRAME_HEADER_BYTES + record.length;
  }
}

function frame(record: Buffer): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUInt32BE(record.length, 0);
  header.writeUInt32BE(crc32c(record), 4);
  return Buffer.concat([header, record]);
}

/** The record of the frame at `position`, or null when there is none that is whole and sound. */
function frameAt(content: Buffer, position: number): Buffer | null {
  const start = position + FRAME_HEADER_BYTES;
  if (start > content.length) return null;
  const length = content.readUInt32BE(position);
  // A crash can leave zeros behind the end, which would pass as empty records.
  if (length === 0 || start + length > content.length) return null;
  const record = content.subarray(start, start + length);
  return crc32c(record) === content.readUInt32BE(position + 4) ? record : null;
}
