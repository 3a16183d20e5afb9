import { silentLogger } from '../../../pkg/kafka/silent_logger.js';
import { createKafkajsDriver, KafkaAdmin, readPartition } from '../../../pkg/kafka/index.js';

/** The translation events that lie in the topic. */
export interface StoredTranslations {
  /** Ids of the requests. */
  readonly requested: ReadonlySet<string>;
  /** For each translation that was completed, how many different events say so. */
  readonly completed: ReadonlyMap<string, number>;
  /** All events, repeated ones included. */
  readonly events: number;
}

interface Envelope {
  id: string;
  type: string;
  aggregateId: string;
}

/** Reads a whole topic of translation events. */
export async function translationsIn(
  brokers: readonly string[],
  topic = 'translation-events',
): Promise<StoredTranslations> {
  const driver = createKafkajsDriver({ brokers, clientId: 'test', logger: silentLogger });
  const requested = new Set<string>();
  const answers = new Map<string, Set<string>>();
  let events = 0;
  for (const { partition } of await new KafkaAdmin(driver).topicOffsets(topic)) {
    for await (const { records } of readPartition(driver, {
      topic,
      partition,
      from: 'earliest',
      to: 'end',
    })) {
      for (const { value } of records) {
        const { id, type, aggregateId } = JSON.parse(String(value)) as Envelope;
        events += 1;
        if (type === 'translation.requested') requested.add(id);
        else answers.set(aggregateId, (answers.get(aggregateId) ?? new Set()).add(id));
      }
    }
  }
  const completed = new Map([...answers].map(([translation, ids]) => [translation, ids.size]));
  return { requested, completed, events };
}
