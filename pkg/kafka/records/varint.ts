/** The zigzag form of a whole number: small for small numbers of either sign. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** How many bytes {@link writeVarint} takes. `value` is a whole number of at most 2^52 in size. */
export function sizeOfVarint(value: number): number {
  let rest = zigzag(value);
  let size = 1;
  while (rest >= 0x80) {
    rest = Math.floor(rest / 0x80);
    size += 1;
  }
  return size;
}

/** Writes a varint or varlong of the protocol; returns the place after it. */
export function writeVarint(value: number, target: Buffer, at: number): number {
  let rest = zigzag(value);
  let next = at;
  while (rest >= 0x80) {
    target[next] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
    next += 1;
  }
  target[next] = rest;
  return next + 1;
}

/** Reads one number after another from bytes. */
export class VarintReader {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** The next varint or varlong; exact up to 2^52. @throws RangeError when the bytes end or it is too long */
  next(): number {
    const first = this.bytes[this.at];
    // Most numbers of a record are this small.
    if (first !== undefined && first < 0x80) {
      this.at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    return this.#nextLong();
  }

  /** The next bytes after their length; null for length -1. The result shares memory. @throws RangeError */
  nextBytes(): Buffer | null {
    const start = this.skipBytes();
    return start === undefined ? null : this.bytes.subarray(start, this.at);
  }

  /** Goes over what {@link nextBytes} would read. Returns where the bytes begin. @throws RangeError */
  skipBytes(): number | undefined {
    const length = this.next();
    if (length < 0) return undefined;
    const start = this.at;
    this.at = start + length;
    if (this.at > this.bytes.length) throw new RangeError('a record is cut short');
    return start;
  }

  #nextLong(): number {
    let shift = 1;
    let value = 0;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined || shift > 2 ** 63) throw new RangeError('a record is cut short');
      this.at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) break;
      shift *= 0x80;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
