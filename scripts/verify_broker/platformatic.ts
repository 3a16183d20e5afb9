import {
  Admin,
  Consumer,
  MessagesStreamModes,
  ProduceAcks,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { type ClientChecks, demandEqual } from './check.js';

const RECORDS = 500;
const TOPIC = 'platformatic';

/** @platformatic/kafka, which asks for the flexible versions of the protocol nearly everywhere. */
export function platformaticChecks(broker: string): ClientChecks {
  const options = { clientId: 'verify', bootstrapBrokers: [broker] };
  return {
    client: '@platformatic/kafka 1.35.0',
    checks: [
      {
        what: 'create, list and describe topics',
        run: async () => {
          const admin = new Admin(options);
          try {
            await admin.createTopics({ topics: [TOPIC], partitions: 3, replicas: 1 });
            demandEqual((await admin.listTopics()).includes(TOPIC), true);
            const metadata = await admin.metadata({ topics: [TOPIC] });
            demandEqual(metadata.topics.get(TOPIC)?.partitionsCount, 3);
          } finally {
            await admin.close();
          }
        },
      },
      {
        what: 'produce, and consume in a group',
        run: async () => {
          const producer = new Producer({ ...options, serializers: stringSerializers });
          const messages = Array.from({ length: RECORDS }, (_, i) => ({
            topic: TOPIC,
            key: `k${i}`,
            value: `v${i}`,
          }));
          await producer.send({ messages, acks: ProduceAcks.ALL });
          await producer.close();

          const consumer = new Consumer({
            ...options,
            groupId: 'platformatic',
            deserializers: stringDeserializers,
          });
          const stream = await consumer.consume({
            topics: [TOPIC],
            mode: MessagesStreamModes.EARLIEST,
            autocommit: true,
          });
          const values = new Set<string>();
          for await (const { value } of stream) {
            values.add(value);
            if (values.size === RECORDS) break;
          }
          await stream.close();
          await consumer.close();
          demandEqual(values.size, RECORDS);
        },
      },
    ],
  };
}
