import type { KafkaAdmin } from '../admin.js';
import type { KafkaDriver } from '../driver.js';
import { readPartition } from '../reader/partition_reader.js';

/** What was decided about a dead letter. */
export interface Decision {
  readonly action: 'replayed' | 'discarded';
  /** ISO 8601. */
  readonly at: string;
  /** Who decided. */
  readonly by: string;
  readonly reason: string | null;
  /** The dead letter. Its offset is decimal text. */
  readonly partition: number;
  readonly offset: string;
  /** Where a replayed one was put. */
  readonly to: { readonly topic: string; readonly partition: number; readonly offset: string } | null;
}

/** The topic in which the decisions about the dead letters of another are on record. */
export function decisionsTopic(deadLetters: string): string {
  return `${deadLetters}-decisions`;
}

/** Creates it where it is missing, with as many partitions as there are of dead letters. */
export async function ensureDecisions(admin: KafkaAdmin, deadLetters: string): Promise<void> {
  const { length: partitions } = await admin.topicOffsets(deadLetters);
  const configs = { 'retention.ms': '-1' };
  await admin.ensureTopics([
    { topic: decisionsTopic(deadLetters), partitions, replicationFactor: -1, configs },
  ]);
}

/** The offsets of one partition's dead letters that are decided. The topic must be there. */
export async function decidedOffsets(
  driver: KafkaDriver,
  deadLetters: string,
  partition: number,
): Promise<ReadonlySet<string>> {
  const topic = decisionsTopic(deadLetters);
  const decided = new Set<string>();
  for await (const { records } of readPartition(driver, { topic, partition, from: 'earliest', to: 'end' })) {
    for (const { value } of records) {
      if (value !== null) decided.add((JSON.parse(value.toString('utf8')) as Decision).offset);
    }
  }
  return decided;
}
