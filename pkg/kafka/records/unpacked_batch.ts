import type { ReadRecord, HeaderMap, TopicPartition } from '../driver.js';
import { VarintReader } from './varint.js';

const ATTRIBUTE_BYTES = 1;
/** Up to here an offset plus what its record adds is exact as a number. */
const EXACT_BASE = 2n ** 52n;

/** What a stored batch says of all its records. */
export interface BatchContext extends TopicPartition {
  readonly baseOffset: bigint;
  /** What the last offset that the batch ever had adds to it. */
  readonly lastOffsetDelta: number;
  /** Milliseconds since the epoch. */
  readonly baseTimestamp: number;
  /** When the broker stored the batch, where that is the time of its records. */
  readonly appendTime: number | undefined;
}

/**
 * The records of one stored batch, no longer compressed. They are looked through at once, so that a damaged
 * one is found before any is handed out, but made only when they are asked for: what waits in a buffer costs
 * little more than its bytes.
 */
export class UnpackedBatch implements Iterable<ReadRecord> {
  /** Where each record begins, after its length. */
  readonly #starts: number[] = [];
  /** What each adds to the batch's first offset. */
  readonly #offsetDeltas: number[] = [];
  readonly #exactBase: number | undefined;

  /** @throws RangeError for a damaged record */
  constructor(
    private readonly body: Buffer,
    count: number,
    private readonly context: BatchContext,
  ) {
    const { baseOffset } = context;
    this.#exactBase = baseOffset < EXACT_BASE ? Number(baseOffset) : undefined;
    if (count < 0) throw new RangeError(`it has ${count} records`);
    const reader = new VarintReader(body);
    for (let i = 0; i < count; i += 1) this.#lookThrough(reader);
    if (reader.at < body.length) throw new RangeError(`it has more than the ${count} records that it names`);
  }

  get length(): number {
    return this.#starts.length;
  }

  /** Bytes of all records. */
  get bytes(): number {
    return this.body.length;
  }

  /** How many of the records have a lower offset. */
  countBelow(offset: bigint): number {
    const delta = Number(offset - this.context.baseOffset);
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsetDeltas[middle] ?? 0) < delta) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The offset of a record, decimal text. */
  offsetAt(index: number): string {
    const delta = this.#offsetDeltas[index] ?? 0;
    if (this.#exactBase !== undefined) return String(this.#exactBase + delta);
    return (this.context.baseOffset + BigInt(delta)).toString();
  }

  /** Makes a record. Its buffers share memory with the batch. @throws RangeError where there is none */
  recordAt(index: number): ReadRecord {
    const start = this.#starts[index];
    if (start === undefined) throw new RangeError(`the batch has no record ${index}`);
    const { topic, partition, baseTimestamp, appendTime } = this.context;
    const reader = new VarintReader(this.body, start + ATTRIBUTE_BYTES);
    const timestamp = baseTimestamp + reader.next();
    reader.next(); // offset
    const key = reader.nextBytes();
    const value = reader.nextBytes();
    return {
      topic,
      partition,
      offset: this.offsetAt(index),
      key,
      value,
      headers: readHeaders(reader),
      timestamp: appendTime ?? timestamp,
      timestampType: appendTime === undefined ? 'CreateTime' : 'LogAppendTime',
    };
  }

  *[Symbol.iterator](): Generator<ReadRecord> {
    for (let index = 0; index < this.length; index += 1) yield this.recordAt(index);
  }

  #lookThrough(reader: VarintReader): void {
    const length = reader.next();
    const start = reader.at;
    const end = start + length;
    if (length < 0 || end > this.body.length)
      throw new RangeError(`a record has a length of ${length} bytes`);
    reader.at += ATTRIBUTE_BYTES;
    reader.next(); // timestamp
    this.#starts.push(start);
    const offsetDelta = reader.next();
    if (offsetDelta <= (this.#offsetDeltas.at(-1) ?? -1) || offsetDelta > this.context.lastOffsetDelta) {
      throw new RangeError(`a record has the offset ${offsetDelta} in its batch`);
    }
    this.#offsetDeltas.push(offsetDelta);
    reader.skipBytes(); // key
    reader.skipBytes(); // value
    for (let headers = reader.next(); headers > 0; headers -= 1) {
      reader.skipBytes();
      reader.skipBytes();
    }
    if (reader.at > end) throw new RangeError('a record is longer than it says');
    reader.at = end;
  }
}

/** Header names are kept as they are, also those that a plain object has by itself; null reads as empty. */
function readHeaders(reader: VarintReader): HeaderMap {
  const count = reader.next();
  if (count === 0) return {};
  const headers = new Map<string, Buffer | Buffer[]>();
  for (let i = 0; i < count; i += 1) {
    const name = (reader.nextBytes() ?? Buffer.alloc(0)).toString();
    const value = reader.nextBytes() ?? Buffer.alloc(0);
    const known = headers.get(name);
    if (known === undefined) headers.set(name, value);
    else if (Buffer.isBuffer(known)) headers.set(name, [known, value]);
    else known.push(value);
  }
  return Object.fromEntries(headers);
}
