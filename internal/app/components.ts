import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { KafkaAdmin, KafkaManager, missingTopics, waitForBroker } from '../../pkg/kafka/index.js';
import { type Component } from '../../pkg/program/index.js';
import { Logger } from '../repo/contracts.js';
import { EventFollowers } from '../repo/persistent/kafka/event_followers.js';
import { type TopicSpec } from '../repo/persistent/topics.js';
import { registerConsumers } from './register_consumers.js';
import { BrokerHandle, Config, Topics, View } from './tokens.js';

export interface EventComponentsOptions {
  /** Whether to wait for brokers that do not answer, instead of failing to start. Default false. */
  waitForBroker?: boolean;
  /** Whether the views are kept, which answer questions. Default true. */
  views?: boolean;
}

/** What every program that works with events is made of, each part needing those before it. */
export function eventComponents(
  container: Container,
  { waitForBroker: isPatient = false, views = true }: EventComponentsOptions = {},
): Component[] {
  return [
    brokerComponent(container),
    kafkaComponent(container, isPatient),
    ...(views ? [viewsComponent(container)] : []),
    consumersComponent(container),
  ];
}

/** What was started for the Kafka clients: the last to go. */
function brokerComponent(container: Container): Component {
  return { name: 'broker', stop: () => container.get<BrokerHandle>(BrokerHandle).stop() };
}

/** The Kafka clients: the brokers are reached and the topics exist once it has started. */
function kafkaComponent(container: Container, isPatient: boolean): Component {
  const manager = container.get(KafkaManager);
  const stopping = new AbortController();
  const { signal } = stopping;
  return {
    name: 'kafka',
    async start() {
      // First, since the topics that there must be depend on them.
      registerConsumers(container);
      if (isPatient) await waitForBroker(manager, { logger: container.get<Logger>(Logger), signal });
      else await manager.ping();
      await haveTopics(container);
    },
    async stop() {
      stopping.abort();
      await manager.close();
    },
  };
}

/**
 * Creates the topics that are missing, those for messages that fail when their group starts; or where that is not
 * wanted, names all of them, so that one command is enough.
 * @throws Error naming every topic that is missing and what to do
 */
async function haveTopics(container: Container): Promise<void> {
  const admin = container.get(KafkaAdmin);
  const topics = [...container.get<ReadonlyMap<string, TopicSpec>>(Topics).values()];
  if (container.get<AppConfig>(Config).KAFKA.PROVISION) {
    await admin.ensureTopics(topics);
    return;
  }
  const forFailures = container.get(KafkaManager).failureTopics();
  const names = [...topics.map(({ topic }) => topic), ...forFailures.flatMap((needed) => needed.topics)];
  const missing = await missingTopics(
    admin,
    names.map((topic) => ({ topic })),
  );
  if (missing.length === 0) return;
  const list = missing.map(({ topic }) => topic).join(', ');
  throw new Error(
    `These topics are missing: ${list}. Create them with cmd/cli (topics apply), or set KAFKA_PROVISION=true once.`,
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
  return { name: 'consumers', start: () => container.get(KafkaManager).startAllConsumers() };
}
