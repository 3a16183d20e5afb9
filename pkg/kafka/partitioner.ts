const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const ROTATION = 24;

/**
 * 32-bit murmur2 as in Apache Kafka's Java client (`org.apache.kafka.common.utils.Utils.murmur2`), as a
 * signed integer, so that Java producers and this one put a key into the same partition.
 */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const view = new DataView(data.buffer, data.byteOffset, length);
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = Math.imul(view.getInt32(at, true), MULTIPLIER);
    word = Math.imul(word ^ (word >>> ROTATION), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (at < length) {
    let tail = 0;
    for (let i = length - 1; i >= at; i -= 1) tail = (tail << 8) | view.getUint8(i);
    hash = Math.imul(hash ^ tail, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** The partition of a key among `partitions` (at least 1): murmur2 without its sign bit, as in Java. */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/**
 * Spreads messages without a key: one random partition per topic until the next {@link restart}, so that
 * a flush makes few and large batches.
 */
export class StickyPartitions {
  readonly #chosen = new Map<string, number>();

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * The partition for a message without a key, below `partitions` (at least 1). One that is not `usable` is
   * avoided as long as there is another.
   */
  choose(topic: string, partitions: number, usable: (partition: number) => boolean = () => true): number {
    const known = this.#chosen.get(topic);
    if (known !== undefined && known < partitions && usable(known)) return known;
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    const candidates = all.filter(usable);
    const from = candidates.length > 0 ? candidates : all;
    const partition = from[Math.floor(this.random() * from.length)] ?? 0;
    this.#chosen.set(topic, partition);
    return partition;
  }

  /** Forgets the choices: the next flush draws anew. */
  restart(): void {
    this.#chosen.clear();
  }
}
