/** Thrown when bytes do not form the message they claim to be; the connection they came on is closed. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** No array of a request may hold more elements; far above what clients send, far below what hurts. */
const MAX_ELEMENTS = 200_000;

/**
 * Reads the primitive types of the Kafka protocol from one frame. Every length is checked against the bytes
 * that are really there, so that a hostile length can neither read past the frame nor allocate memory.
 * Buffers returned are views of the frame, not copies.
 */
export class Reader {
  private position = 0;

  constructor(private readonly frame: Buffer) {}

  get remaining(): number {
    return this.frame.length - this.position;
  }

  /** Moves on by `length` bytes and returns where they began. @throws WireError when they are not there */
  private advance(length: number): number {
    if (length < 0 || length > this.remaining) {
      throw new WireError(`needs ${length} bytes at ${this.position}, ${this.remaining} are left`);
    }
    const start = this.position;
    this.position += length;
    return start;
  }

  int8(): number {
    return this.frame.readInt8(this.advance(1));
  }

  int16(): number {
    return this.frame.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.frame.readInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.frame.readBigInt64BE(this.advance(8));
  }

  /** Unsigned LEB128 of at most five bytes, as KIP-482 uses it for lengths and tags. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.frame.readUInt8(this.advance(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WireError('a varint is longer than five bytes');
  }

  bytes(length: number): Buffer {
    const start = this.advance(length);
    return this.frame.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.advance(length);
    return this.frame.toString('utf8', start, start + length);
  }

  /** Checks a declared element count: every element takes at least one byte. */
  count(declared: number): number {
    if (declared > MAX_ELEMENTS || declared > this.remaining) {
      throw new WireError(`an array claims ${declared} elements with ${this.remaining} bytes left`);
    }
    return declared;
  }

  /** Skips a block of tagged fields (KIP-482); none of them is needed by this broker. */
  skipTags(): void {
    const tags = this.count(this.uvarint());
    for (let i = 0; i < tags; i++) {
      this.uvarint();
      this.bytes(this.uvarint());
    }
  }
}
