import {
  createKafkajsDriver,
  KafkaAdmin,
  KafkaManager,
  type IncomingMessage,
  type KafkaDriver,
  type KafkaManagerOptions,
  type MessageHandler,
  type SubscriptionOptions,
} from '../../../../pkg/kafka/index.js';
import type { Logger } from '../../../../pkg/logger/index.js';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';

/** Fast enough for tests; everything else as in production. */
const CONSUMER = { sessionTimeoutMs: 6_000, commitIntervalMs: 200 };
export const QUICK_RETRY = { maxAttempts: 3, initialDelayMs: 10, maxDelayMs: 20, jitter: 0 };

const managers: KafkaManager[] = [];

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

export async function openDriver(): Promise<KafkaDriver> {
  return createKafkajsDriver({ brokers: await testBrokers(), clientId: 'contract', logger: silent });
}

/** A manager that closeAll() closes. */
export async function openManager(options: KafkaManagerOptions = {}): Promise<KafkaManager> {
  const manager = new KafkaManager(await openDriver(), {
    ...options,
    consumer: { ...CONSUMER, ...options.consumer },
  });
  managers.push(manager);
  return manager;
}

export async function closeAll(): Promise<void> {
  await Promise.all(managers.splice(0).map((manager) => manager.close()));
}

export async function openAdmin(): Promise<KafkaAdmin> {
  return new KafkaAdmin(await openDriver());
}

/** Creates a topic of its own for a test and returns its name. */
export async function newTopic(partitions = 1, prefix = 'topic'): Promise<string> {
  const topic = uniqueName(prefix);
  await (await openAdmin()).ensureTopics([{ topic, partitions, replicationFactor: 1 }]);
  return topic;
}

/** A handler that keeps what it gets. Buffers are copied, as handlers must. */
export class Inbox {
  readonly messages: IncomingMessage[] = [];

  readonly handler: MessageHandler = async (message) => {
    const { key, value } = message;
    this.messages.push({
      ...message,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
    });
  };

  /** The values as text, in order of delivery. */
  get values(): string[] {
    return this.messages.map(({ value }) => String(value));
  }

  /** Waits until so many messages have come. */
  async has(count: number, timeoutMs = 10_000): Promise<void> {
    await eventually(() => this.messages.length >= count, {
      timeoutMs,
      what: () => `${count} messages, got ${this.messages.length}`,
    });
  }
}

/** Starts a consumer in a manager of its own; stop it by closing the manager. */
export async function consume(
  topic: string,
  groupId: string,
  handler: MessageHandler,
  options: SubscriptionOptions = {},
): Promise<KafkaManager> {
  const manager = await openManager();
  manager.addConsumer(topic, groupId, handler, { retry: QUICK_RETRY, ...options });
  await manager.startConsumer(topic, groupId);
  return manager;
}

/** The number of messages a topic has ever got. */
export async function stored(topic: string): Promise<number> {
  const offsets = await (await openAdmin()).topicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

/** `count` values that can be told apart. */
export function numbered(count: number, prefix = 'v'): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
