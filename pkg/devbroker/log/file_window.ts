import { type OpenFile } from './file_system.js';

/** Bytes read at a time unless more are asked for at once. */
const WINDOW_BYTES = 64 * 1024;

/** Reads a file from front to back in pieces of any size with few calls to the operating system. */
export class FileWindow {
  private start = 0;
  private bytes: Buffer = Buffer.alloc(0);

  constructor(
    private readonly file: OpenFile,
    private readonly size: number,
  ) {}

  /** The bytes from `position` on, valid until the next call, or null when the file ends before their end. */
  view(position: number, length: number): Buffer | null {
    if (position + length > this.size) return null;
    if (position < this.start || position + length > this.start + this.bytes.length) {
      this.load(position, Math.min(Math.max(length, WINDOW_BYTES), this.size - position));
    }
    const from = position - this.start;
    return from + length > this.bytes.length ? null : this.bytes.subarray(from, from + length);
  }

  private load(position: number, length: number): void {
    const target =
      this.bytes.buffer.byteLength >= length
        ? Buffer.from(this.bytes.buffer, 0, length)
        : Buffer.allocUnsafeSlow(length);
    this.start = position;
    this.bytes = target.subarray(0, this.file.read(target, position));
  }
}
