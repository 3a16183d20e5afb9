import { setTimeout } from 'node:timers/promises';
import type { KafkaAdmin } from '../admin.js';
import type { KafkaDriver, ReadRecord } from '../driver.js';
import { readPartition } from '../reader/partition_reader.js';

/** What was decided about a dead letter. */
export interface Decision {
  readonly action: 'replayed' | 'discarded';
  /** ISO 8601. */
  readonly at: string;
  /** Who decided. */
  readonly by: string;
  readonly reason: string | null;
  /** The dead letter. Its offset is decimal text, its time in milliseconds since the epoch. */
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: number;
  /** Where a replayed one was put. */
  readonly to: { readonly topic: string; readonly partition: number; readonly offset: string } | null;
}

/** The topic in which the decisions about the dead letters of another are on record. */
export function decisionsTopic(deadLetters: string): string {
  return `${deadLetters}-decisions`;
}

/** Partitions that were just added are not known to every node at once. */
const KNOWN_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 100;

/** Creates it where it is missing; it gets as many partitions as there are of dead letters. */
export async function ensureDecisions(admin: KafkaAdmin, deadLetters: string): Promise<void> {
  const { length: partitions } = await admin.topicOffsets(deadLetters);
  const topic = decisionsTopic(deadLetters);
  const configs = { 'retention.ms': '-1' };
  const [found] = await admin.ensureTopics([{ topic, partitions, replicationFactor: -1, configs }]);
  if (found === undefined || found.partitions >= partitions) return;
  await admin.addPartitions(topic, partitions);
  const deadline = performance.now() + KNOWN_WITHIN_MS;
  while ((await admin.topicOffsets(topic)).length < partitions && performance.now() < deadline) {
    await setTimeout(ASK_AGAIN_MS);
  }
}

/**
 * Which dead letters of a partition are decided. A letter is known by its offset and its time: the offsets of a
 * topic that is deleted and made again begin anew, while the decisions about the old one stay on record.
 */
export class DecidedLetters {
  readonly #known = new Set<string>();
  /** When such a letter was decided last, by offset, as earlier versions recorded it: without its time. */
  readonly #decidedAt = new Map<string, number>();

  add({ at, offset, timestamp }: Omit<Decision, 'timestamp'> & Partial<Decision>): void {
    if (timestamp !== undefined) {
      this.#known.add(`${offset}@${timestamp}`);
      return;
    }
    const time = Date.parse(at);
    if (time > (this.#decidedAt.get(offset) ?? -Infinity)) this.#decidedAt.set(offset, time);
  }

  /** What was decided before it failed was another letter. In doubt one comes up again, rather than never. */
  has({ offset, timestamp }: Pick<ReadRecord, 'offset' | 'timestamp'>): boolean {
    const decidedAt = this.#decidedAt.get(offset) ?? -Infinity;
    return this.#known.has(`${offset}@${timestamp}`) || decidedAt >= timestamp;
  }
}

/** What is decided about one partition's dead letters. The topic of decisions must have it. */
export async function decidedLetters(
  driver: KafkaDriver,
  deadLetters: string,
  partition: number,
): Promise<DecidedLetters> {
  const topic = decisionsTopic(deadLetters);
  const decided = new DecidedLetters();
  for await (const { records } of readPartition(driver, { topic, partition, from: 'earliest', to: 'end' })) {
    for (const { value } of records) {
      if (value !== null) decided.add(JSON.parse(value.toString('utf8')) as Decision);
    }
  }
  return decided;
}
