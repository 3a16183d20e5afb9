import { randomBytes } from 'node:crypto';
import { Producer, type KafkaAdmin, type KafkaDriver } from '../../pkg/kafka/index.js';
import { message, type Row } from './rows/row.js';

const BROKER_DEFAULT = -1;
const AT_ONCE = 5_000;

/** Makes, fills and removes the topics of rows. */
export function uniqueTopics(driver: KafkaDriver, admin: KafkaAdmin) {
  return {
    async make({ name, topic: { partitions, messages } }: Row): Promise<string> {
      const topic = `bench-${name}-${randomBytes(4).toString('hex')}`;
      await admin.ensureTopics([{ topic, partitions, replicationFactor: BROKER_DEFAULT }]);
      const producer = new Producer(driver);
      for (let sent = 0; sent < messages; sent += AT_ONCE) {
        const count = Math.min(AT_ONCE, messages - sent);
        const batch = Array.from({ length: count }, (_, i) => ({ topic, ...message(sent + i) }));
        const failed = (await producer.sendMany(batch)).find((result) => result.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
      }
      await producer.close();
      return topic;
    },

    remove: (topic: string) => admin.deleteTopic(topic),
  };
}
