import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

const TIMEOUT_MS = 30_000;
const POLL_MS = 50;

async function withAdmin<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker], clientId: 'verify', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** @throws KafkaJSError when the broker refuses the topic */
export async function createTopic(broker: string, topic: string, numPartitions: number): Promise<void> {
  await withAdmin(broker, (admin) => admin.createTopics({ topics: [{ topic, numPartitions }] }));
}

/** Waits until a group has this many members and each knows what it reads. @throws Error after 30 s */
export async function untilMembersShare(broker: string, groupId: string, members: number): Promise<void> {
  await withAdmin(broker, async (admin) => {
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const [group] = (await admin.describeGroups([groupId])).groups;
      if (group?.state === 'Stable' && group.members.length === members) return;
      if (Date.now() > deadline) throw new Error(`group ${groupId} has no ${members} members after 30 s`);
      await delay(POLL_MS);
    }
  });
}
