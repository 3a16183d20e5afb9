import { ContainerModule, type ResolutionContext } from 'inversify';
import { type Config as AppConfig } from '../../../config/config.js';
import {
  ConsumerMetrics,
  createKafkajsDriver,
  GroupPositions,
  KafkaAdmin,
  type KafkaDriver,
  KafkaManager,
  readPartition,
  type ReadPartition,
  Receiver,
} from '../../../pkg/kafka/index.js';
import { type Logger as PkgLogger, redactText } from '../../../pkg/logger/index.js';
import { Metrics } from '../../../pkg/telemetry/index.js';
import {
  Clock,
  ConfiguredTopics,
  EventBus,
  EventObserver,
  IdGenerator,
  KafkaRepository,
  Logger,
} from '../../repo/contracts.js';
import { EventFollowers } from '../../repo/persistent/kafka/event_followers.js';
import { EventLogger } from '../../repo/persistent/kafka/event_logger.js';
import { EventMetrics } from '../../repo/persistent/kafka/event_metrics.js';
import { EventObservers } from '../../repo/persistent/kafka/event_observers.js';
import { KafkaEventBus } from '../../repo/persistent/kafka/kafka_event_bus.js';
import { ManagedKafkaRepository } from '../../repo/persistent/kafka/kafka_repository.js';
import { MessageReceiver } from '../../repo/persistent/kafka/message_receiver.js';
import { instanceName, systemClock, uuidGenerator } from '../../repo/persistent/system/system.js';
import { copiesOf, type TopicSpec, topicsOf } from '../../repo/persistent/topics.js';
import { Health } from '../../usecase/contracts.js';
import { HealthUseCase } from '../../usecase/health/health.js';
import { securityOf } from '../kafka_security.js';
import { stopTimes } from '../stop_times.js';
import { BrokerHandle, Config, Driver, TopicName, Topics } from '../tokens.js';

const REBALANCE_TIMEOUT_MS = 60_000;

/** Reads partitions without a group. */
function readerOf(context: ResolutionContext): ReadPartition {
  const [driver, logger] = [context.get<KafkaDriver>(Driver), context.get<PkgLogger>(Logger)];
  return (options) => readPartition(driver, { ...options, logger });
}

/** What every domain builds on: the Kafka clients, typed events, time, ids and health. */
export const coreModule = new ContainerModule(({ bind }) => {
  bind(Clock).toConstantValue(systemClock);
  bind(IdGenerator).toConstantValue(uuidGenerator);
  bind(Metrics).toDynamicValue(() => new Metrics({ process: true }));
  bind(EventMetrics).toDynamicValue((context) => new EventMetrics(context.get(Metrics), context.get(Clock)));
  bind(ConsumerMetrics).toDynamicValue((context) => new ConsumerMetrics(context.get(Metrics)));
  bind(EventObserver).toDynamicValue(
    (context) => new EventObservers([new EventLogger(context.get(Logger)), context.get(EventMetrics)]),
  );

  bind(Driver).toDynamicValue((context) => {
    const config = context.get<AppConfig>(Config);
    const logger: PkgLogger = context.get(Logger);
    return createKafkajsDriver({
      brokers: context.get<BrokerHandle>(BrokerHandle).brokers,
      clientId: config.KAFKA.CLIENT_ID,
      logger,
      ...securityOf(config, logger),
    });
  });
  bind(KafkaAdmin).toDynamicValue((context) => new KafkaAdmin(context.get<KafkaDriver>(Driver)));
  bind(KafkaManager).toDynamicValue((context) => {
    const config = context.get<AppConfig>(Config);
    const { APP, KAFKA } = config;
    const { CONTROL, SESSION_TIMEOUT } = KAFKA;
    const { handlersMs, flushMs } = stopTimes(config);
    const metrics = context.get(ConsumerMetrics);
    const manager = new KafkaManager(context.get<KafkaDriver>(Driver), {
      onEvent: metrics.observe,
      producerEnabled: CONTROL.PRODUCER_ENABLED,
      consumerEnabled: CONTROL.CONSUMER_ENABLED,
      consumer: {
        sessionTimeoutMs: SESSION_TIMEOUT,
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        // A member that was killed holds the group up for as long as its session lasts.
        startTimeoutMs: SESSION_TIMEOUT + REBALANCE_TIMEOUT_MS,
        drainTimeoutMs: handlersMs,
        provision: KAFKA.PROVISION,
        failureTopics: copiesOf(KAFKA.REPLICATION_FACTOR),
      },
      producer: { closeTimeoutMs: flushMs },
      // What stays out of the log stays out of the topics as well.
      deadLetters: { app: APP.NAME, version: APP.VERSION, redact: redactText },
      logger: context.get(Logger),
    });
    const positions = new GroupPositions(context.get(KafkaAdmin), { logger: context.get(Logger) });
    metrics.watch(manager, positions);
    return manager;
  });
  bind(KafkaRepository).toDynamicValue((context) => {
    const metrics = context.get(EventMetrics);
    return new ManagedKafkaRepository({
      manager: context.get(KafkaManager),
      receiver: new MessageReceiver(
        new Receiver({
          admin: context.get(KafkaAdmin),
          read: readerOf(context),
          brokerTimeoutMs: context.get<AppConfig>(Config).HTTP.KAFKA_TIMEOUT,
        }),
      ),
      instance: instanceName,
      onSent: (sent) => {
        metrics.sent(sent);
      },
    });
  });

  bind(Topics).toDynamicValue((context) => {
    const { REPLICATION_FACTOR: replicationFactor } = context.get<AppConfig>(Config).KAFKA;
    return topicsOf(context.getAll<TopicName>(TopicName), { replicationFactor });
  });
  bind(ConfiguredTopics).toDynamicValue((context) => {
    const specs = context.get<ReadonlyMap<string, TopicSpec>>(Topics).values();
    return new Set([...specs].map(({ topic }) => topic));
  });
  bind(EventFollowers).toDynamicValue((context) => {
    const admin = context.get(KafkaAdmin);
    return new EventFollowers({
      countPartitions: async (topic) => (await admin.topicOffsets(topic)).length,
      read: readerOf(context),
      observer: context.get(EventObserver),
      logger: context.get(Logger),
    });
  });
  bind(EventBus).toDynamicValue((context) => {
    const config = context.get<AppConfig>(Config);
    return new KafkaEventBus({
      kafka: context.get(KafkaRepository),
      topics: context.get(Topics),
      source: config.APP.NAME,
      groupPrefix: config.KAFKA.GROUP_ID,
      clock: context.get(Clock),
      observer: context.get(EventObserver),
      followers: context.get(EventFollowers),
    });
  });

  bind(Health).to(HealthUseCase);
});
