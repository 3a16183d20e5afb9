const FIRST_SIZE = 256;

/** Collects the bytes of a request: big-endian, lengths before what they count. */
export class Writer {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);
  #length = 0;

  int8(value: number): this {
    this.#length = this.#room(1).writeInt8(value, this.#length);
    return this;
  }

  int16(value: number): this {
    this.#length = this.#room(2).writeInt16BE(value, this.#length);
    return this;
  }

  int32(value: number): this {
    this.#length = this.#room(4).writeInt32BE(value, this.#length);
    return this;
  }

  int64(value: bigint): this {
    this.#length = this.#room(8).writeBigInt64BE(value, this.#length);
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const size = Buffer.byteLength(value);
    this.int16(size);
    this.#room(size).write(value, this.#length);
    this.#length += size;
    return this;
  }

  bytes(value: Buffer): this {
    this.int32(value.length);
    value.copy(this.#room(value.length), this.#length);
    this.#length += value.length;
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(size: number): Buffer {
    const needed = this.#length + size;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
