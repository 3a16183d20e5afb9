/** Takes a response apart. Every method throws RangeError where the bytes end too early. */
export class Reader {
  #at = 0;

  constructor(private readonly source: Buffer) {}

  int16(): number {
    return this.source.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.source.readInt32BE(this.#advance(4));
  }

  int64(): bigint {
    return this.source.readBigInt64BE(this.#advance(8));
  }

  bool(): boolean {
    return this.source.readInt8(this.#advance(1)) !== 0;
  }

  string(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const start = this.#advance(length);
    return this.source.toString('utf8', start, start + length);
  }

  /** Shares memory with the response; null reads as empty. */
  bytes(): Buffer {
    const length = Math.max(this.int32(), 0);
    const start = this.#advance(length);
    return this.source.subarray(start, start + length);
  }

  /** Null reads as empty. */
  array<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let count = this.int32(); count > 0; count -= 1) items.push(read());
    return items;
  }

  #advance(size: number): number {
    const start = this.#at;
    if (start + size > this.source.length) throw new RangeError('a response is cut short');
    this.#at = start + size;
    return start;
  }
}
