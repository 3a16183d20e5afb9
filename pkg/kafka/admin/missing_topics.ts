import { type KafkaAdmin } from '../admin.js';
import { UnknownTopic } from '../errors.js';

/** Those of the topics that the brokers do not know. It takes no more rights than to read them. */
export async function missingTopics<T extends { readonly topic: string }>(
  admin: Pick<KafkaAdmin, 'topicOffsets'>,
  topics: readonly T[],
): Promise<T[]> {
  const missing: T[] = [];
  for (const spec of topics) {
    await admin.topicOffsets(spec.topic).catch((error: unknown) => {
      if (!(error instanceof UnknownTopic)) throw error;
      missing.push(spec);
    });
  }
  return missing;
}
