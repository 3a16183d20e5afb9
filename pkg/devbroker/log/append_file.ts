import { dirname } from 'node:path';
import { type FileSystem, type OpenFile } from './file_system.js';
import { type Syncer } from './fsync.js';

/** What an append file works with. */
export interface FileAccess {
  readonly fileSystem: FileSystem;
  readonly syncer: Syncer;
}

/**
 * A file that only grows, by pieces that are there whole or not at all: whatever goes wrong while one is written is
 * cut off again before anything else is written. The file stays open from the first append on until it is sealed;
 * before, each use opens and closes it. All errors thrown are the operating system's.
 */
export class AppendFile {
  /** Bytes of whole pieces; what lies behind them is rubbish. */
  size = 0;
  private file: OpenFile | null = null;
  /** Whether bytes of a piece that was refused may lie behind the last one. */
  private torn = false;

  constructor(
    private readonly access: FileAccess,
    readonly path: string,
  ) {}

  /** Makes the file, empty. */
  create(): void {
    this.access.fileSystem.create(this.path).close();
    this.access.fileSystem.syncFolder(dirname(this.path));
  }

  /** Writes a piece behind the last one. When it throws, the file is what it was before. */
  append(piece: Buffer): void {
    this.file ??= this.access.fileSystem.open(this.path);
    this.cutTornTail(this.file);
    this.torn = true;
    try {
      this.file.write(piece, this.size);
      this.access.syncer.written(this.file);
    } catch (error) {
      this.tryToCutTornTail(this.file);
      throw error;
    }
    this.torn = false;
    this.size += piece.length;
  }

  /** Up to `length` bytes from `position` on. */
  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.min(length, this.size - position));
    return this.use((file) => bytes.subarray(0, file.read(bytes, position)));
  }

  /** Lends the file out, open, for the time of the call. */
  use<T>(work: (file: OpenFile) => T): T {
    if (this.file) return work(this.file);
    const file = this.access.fileSystem.open(this.path);
    try {
      return work(file);
    } finally {
      file.close();
    }
  }

  /** Forces all of it to the disk and closes it. It may be tried again when it throws. */
  seal(): void {
    if (!this.file) return;
    this.cutTornTail(this.file);
    this.file.sync();
    this.release();
  }

  /** Closes the file without a care for its content, which is to be removed or replaced. */
  release(): void {
    if (!this.file) return;
    this.access.syncer.forget(this.file);
    this.file.close();
    this.file = null;
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
}
