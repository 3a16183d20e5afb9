/** Buffers from this size on are kept as chunks of their own instead of being copied: record batches mostly. */
const KEEP_AS_CHUNK = 2048;

/** Small values are gathered in chunks that double in size up to this one. */
const LARGEST_STEP = 65_536;

/** Writes the primitive types of the Kafka protocol; what it made comes out as chunks ready for the socket. */
export class Writer {
  private readonly chunks: Buffer[] = [];
  private finished = 0;
  private nextSize = 512;
  private current = Buffer.alloc(0);
  private used = 0;

  /** Makes room for `length` bytes and returns where they go in `current`. */
  private reserve(length: number): number {
    if (this.used + length > this.current.length) {
      this.seal();
      this.current = Buffer.allocUnsafe(Math.max(length, this.nextSize));
      this.nextSize = Math.min(this.nextSize * 2, LARGEST_STEP);
    }
    const start = this.used;
    this.used += length;
    return start;
  }

  private seal(): void {
    if (this.used > 0) {
      this.chunks.push(this.current.subarray(0, this.used));
      this.finished += this.used;
      this.current = this.current.subarray(this.used);
      this.used = 0;
    }
  }

  int8(value: number): void {
    const at = this.reserve(1);
    this.current.writeInt8(value, at);
  }

  int16(value: number): void {
    const at = this.reserve(2);
    this.current.writeInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.current.writeInt32BE(value, at);
  }

  int64(value: bigint): void {
    const at = this.reserve(8);
    this.current.writeBigInt64BE(value, at);
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      const at = this.reserve(1);
      this.current[at] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    const at = this.reserve(1);
    this.current[at] = rest;
  }

  bytes(value: Uint8Array): void {
    if (value.length >= KEEP_AS_CHUNK) {
      this.seal();
      this.chunks.push(Buffer.from(value.buffer, value.byteOffset, value.length));
      this.finished += value.length;
      return;
    }
    const at = this.reserve(value.length);
    this.current.set(value, at);
  }

  /** Everything written as one frame: its length, then the bytes. Large buffers come uncopied. */
  takeFrame(): Buffer[] {
    this.seal();
    const prefix = Buffer.allocUnsafe(4);
    prefix.writeInt32BE(this.finished);
    return [prefix, ...this.chunks];
  }
}
