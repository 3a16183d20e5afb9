import { type BatchHeader, findTimestamp, nextOffsetOf, type TimestampedOffset } from './record_batch.js';
import { countExpired } from './retention.js';
import { type LogSettings } from './settings.js';
import { type LogStore } from './store.js';

interface Entry {
  baseOffset: bigint;
  nextOffset: bigint;
  maxTimestamp: bigint;
  size: number;
  bytes: Buffer;
}

/** Bytes held by all memory stores of a broker together. */
export interface MemoryBudget {
  /** Upper bound for one partition. */
  readonly partitionBytes: number;
  /** Upper bound for the whole broker. */
  readonly totalBytes: number;
  usedBytes: number;
}

/**
 * Batches in memory under a byte cap: the oldest of this partition go first, as retention by size would
 * have it, so a broker that runs for days does not eat the machine.
 */
export class MemoryStore implements LogStore {
  private entries: Entry[] = [];
  startOffset = 0n;
  endOffset = 0n;
  sizeInBytes = 0;

  constructor(
    private readonly budget: MemoryBudget,
    private readonly settings: () => LogSettings,
  ) {}

  append(batch: Buffer, header: BatchHeader): void {
    const nextOffset = nextOffsetOf(header);
    const { baseOffset, maxTimestamp } = header;
    // A copy: the batch is a view of a network buffer that may be many times its size.
    this.entries.push({
      baseOffset,
      nextOffset,
      maxTimestamp,
      size: batch.length,
      bytes: Buffer.from(batch),
    });
    this.endOffset = nextOffset;
    this.account(batch.length);
    while (
      this.entries.length > 1 &&
      (this.sizeInBytes > this.budget.partitionBytes || this.budget.usedBytes > this.budget.totalBytes)
    ) {
      this.dropFirst(1);
      this.startOffset = this.entries[0]?.baseOffset ?? this.endOffset;
    }
  }

  read(offset: bigint, maxBytes: number): Buffer[] {
    const found: Buffer[] = [];
    let bytes = 0;
    for (let i = this.indexOf(offset); i < this.entries.length; i++) {
      const batch = this.entries[i]?.bytes;
      if (!batch || (found.length > 0 && bytes + batch.length > maxBytes)) break;
      found.push(batch);
      bytes += batch.length;
    }
    return found;
  }

  findTimestamp(timestamp: bigint): TimestampedOffset | null {
    for (const entry of this.entries) {
      if (entry.maxTimestamp < timestamp) continue;
      const found = findTimestamp(entry.bytes, timestamp, this.startOffset);
      if (found) return found;
    }
    return null;
  }

  deleteBefore(offset: bigint): void {
    const kept = this.indexOf(offset);
    this.dropFirst(kept);
    this.startOffset = offset;
  }

  expire(now: number): void {
    const expired = countExpired(this.entries, this.settings(), now);
    if (expired === 0) return;
    this.dropFirst(expired);
    this.startOffset = this.entries[0]?.baseOffset ?? this.endOffset;
  }

  close(): void {
    this.dropFirst(this.entries.length);
  }

  /** Index of the first batch that ends after `offset`. */
  private indexOf(offset: bigint): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry && entry.nextOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private dropFirst(count: number): void {
    for (const entry of this.entries.splice(0, count)) this.account(-entry.size);
  }

  private account(bytes: number): void {
    this.sizeInBytes += bytes;
    this.budget.usedBytes += bytes;
  }
}
