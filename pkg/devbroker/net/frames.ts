import { WireError } from '../wire/reader.js';

/** Bytes of the length that precedes every frame. */
const PREFIX = 4;

/** Cuts a byte stream into frames, copying each byte at most once however small the pieces arrive. */
export class Frames {
  private chunks: Buffer[] = [];
  private buffered = 0;

  constructor(private readonly maxFrameBytes: number) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
  }

  /** The next whole frame without its length, or null. @throws WireError when its length is absurd */
  next(): Buffer | null {
    if (this.buffered < PREFIX) return null;
    if ((this.chunks[0]?.length ?? 0) < PREFIX) this.merge();
    const length = this.chunks[0]?.readInt32BE(0) ?? 0;
    if (length < 0 || length > this.maxFrameBytes) {
      throw new WireError(`a frame claims ${length} bytes, at most ${this.maxFrameBytes} are served`);
    }
    if (this.buffered < PREFIX + length) return null;
    if ((this.chunks[0]?.length ?? 0) < PREFIX + length) this.merge();
    const [first = Buffer.alloc(0), ...others] = this.chunks;
    this.chunks = first.length > PREFIX + length ? [first.subarray(PREFIX + length), ...others] : others;
    this.buffered -= PREFIX + length;
    return first.subarray(PREFIX, PREFIX + length);
  }

  private merge(): void {
    this.chunks = [Buffer.concat(this.chunks, this.buffered)];
  }
}
