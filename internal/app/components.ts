import { setTimeout as wait } from 'node:timers/promises';
import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { BrokerUnreachable, KafkaAdmin, KafkaManager, UnknownTopic } from '../../pkg/kafka/index.js';
import { Logger } from '../repo/contracts.js';
import { EventFollowers } from '../repo/persistent/kafka/event_followers.js';
import { type TopicSpec } from '../repo/persistent/topics.js';
import { type Component } from './lifecycle.js';
import { BrokerHandle, Config, EventConsumer, Topics, View } from './tokens.js';

export interface EventComponentsOptions {
  /** Whether to wait for brokers that do not answer, instead of failing to start. Default false. */
  waitForBroker?: boolean;
  /** Whether the views are kept, which answer questions. Default true. */
  views?: boolean;
}

/** What every program that works with events is made of, each part needing those before it. */
export function eventComponents(
  container: Container,
  { waitForBroker = false, views = true }: EventComponentsOptions = {},
): Component[] {
  return [
    brokerComponent(container),
    kafkaComponent(container, waitForBroker),
    ...(views ? [viewsComponent(container)] : []),
    consumersComponent(container),
  ];
}

/** What was started for the Kafka clients: the last to go. */
function brokerComponent(container: Container): Component {
  return { name: 'broker', stop: () => container.get<BrokerHandle>(BrokerHandle).stop() };
}

/** The Kafka clients: the brokers are reached and the topics exist once it has started. */
function kafkaComponent(container: Container, waitForBroker: boolean): Component {
  const manager = container.get(KafkaManager);
  const stopping = new AbortController();
  return {
    name: 'kafka',
    async start() {
      if (waitForBroker) await reachBroker(manager, container.get<Logger>(Logger), stopping.signal);
      else await manager.ping();
      await haveTopics(container);
    },
    async stop() {
      stopping.abort();
      await manager.close();
    },
  };
}

const LONGEST_PAUSE_MS = 10_000;

/** Resolves when a broker answers. @throws AbortError when it is no longer wanted */
async function reachBroker(manager: KafkaManager, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      await manager.ping();
      return;
    } catch (error) {
      if (!(error instanceof BrokerUnreachable)) throw error;
      logger.warn('no broker answers; trying again', { error });
    }
    await wait(pauseMs, undefined, { signal });
  }
}

/** Creates the topics that are missing, or where that is not wanted, names them. */
async function haveTopics(container: Container): Promise<void> {
  const admin = container.get(KafkaAdmin);
  const topics = [...container.get<ReadonlyMap<string, TopicSpec>>(Topics).values()];
  const { PROVISION } = container.get<AppConfig>(Config).KAFKA;
  await (PROVISION ? admin.ensureTopics(topics) : requireTopics(admin, topics));
}

/** @throws Error naming every topic that is missing and what to do */
async function requireTopics(admin: KafkaAdmin, topics: readonly TopicSpec[]): Promise<void> {
  const missing: string[] = [];
  for (const { topic, partitions } of topics) {
    await admin.topicOffsets(topic).catch((error: unknown) => {
      if (!(error instanceof UnknownTopic)) throw error;
      missing.push(`${topic} (${partitions} partitions)`);
    });
  }
  if (missing.length === 0) return;
  throw new Error(
    `These topics are missing: ${missing.join(', ')}. Create them with "cli topics apply", or set KAFKA_PROVISION=true once.`,
  );
}

/** Every domain's views: they show all that was in the topics once it has started. */
function viewsComponent(container: Container): Component {
  return {
    name: 'views',
    async start() {
      await Promise.all(container.getAll<View>(View).map((follow) => follow()));
    },
    stop: () => container.get(EventFollowers).stop(),
  };
}

/** Every domain's consumers; they stop with the Kafka clients, after their work in hand. */
function consumersComponent(container: Container): Component {
  return {
    name: 'consumers',
    async start() {
      for (const register of container.getAll<EventConsumer>(EventConsumer)) register();
      await container.get(KafkaManager).startAllConsumers();
    },
  };
}
