/**
 * Sends five typed events and one plain message through Kafka and shows each as it is produced and consumed.
 * Runs on the embedded broker, or on the brokers that KAFKA_BROKERS names.
 */
import colors from 'picocolors';
import { loadConfigOrExit } from '../config/config.js';
import {
  BrokerHandle,
  brokerComponent,
  buildContainer,
  consumersComponent,
  EventObserver,
  KafkaEvents,
  kafkaComponent,
  KafkaRepository,
  Lifecycle,
  Logger,
  type StoredEvent,
} from '../internal/app/index.js';
import { KafkaAdmin } from '../pkg/kafka/index.js';
import { createLogger } from '../pkg/logger/index.js';
import { formatLine, type Line } from './event_lines.js';

const CUSTOM_TOPIC = 'my-topic';
const GROUP = 'kafka-demo';
/** Leaves the replication factor to the brokers. */
const BROKER_DEFAULT = -1;
const DEADLINE_MS = 30_000;

/** Prints what passes and knows what has been produced and not yet been consumed. */
class Printer {
  private readonly places = { produced: new Set<string>(), consumed: new Set<string>() };
  private onChange: () => void = () => undefined;

  print(line: Line): void {
    const { topic, partition, offset } = line.position;
    this.places[line.direction].add(`${topic}[${partition}]@${offset}`);
    process.stdout.write(`${formatLine(line)}\n`);
    this.onChange();
  }

  get produced(): number {
    return this.places.produced.size;
  }

  /** What was produced here and has not come back. */
  get missing(): string[] {
    return [...this.places.produced].filter((place) => !this.places.consumed.has(place));
  }

  /** Resolves once `count` messages were produced and all of them consumed; false after the deadline. */
  complete(count: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(false);
      }, DEADLINE_MS);
      this.onChange = () => {
        if (this.produced < count || this.missing.length > 0) return;
        clearTimeout(timer);
        resolve(true);
      };
      this.onChange();
    });
  }
}

function lineOf(direction: Line['direction'], { event, position }: StoredEvent, key: string): Line {
  const data = event.data as Record<string, string | undefined>;
  const detail = data['translated'] ?? data['original'] ?? data['email'] ?? data['reason'] ?? '';
  return { direction, type: event.type, position, key, detail };
}

const startedAt = performance.now();
// A group of its own, so that a running service does not take the events away from the demo; and a short
// session, so that a demo that was killed does not keep its partitions from the next one for long.
const config = loadConfigOrExit({ flags: { 'KAFKA.GROUP_ID': GROUP, 'KAFKA.SESSION_TIMEOUT': '6000' } });
const printer = new Printer();
const container = await buildContainer(config, (bindings) => {
  bindings.rebind<EventObserver>(EventObserver).toConstantValue({
    produced: (stored, key) => {
      printer.print(lineOf('produced', stored, key));
    },
    consumed: (stored, key) => {
      printer.print(lineOf('consumed', stored, key));
    },
  });
  bindings
    .rebind<Logger>(Logger)
    .toConstantValue(createLogger({ name: config.APP.NAME, level: 'error', format: config.LOG.FORMAT }));
});
const { where } = container.get<BrokerHandle>(BrokerHandle);
const lifecycle = new Lifecycle({
  components: [brokerComponent(container), kafkaComponent(container), consumersComponent(container)],
  stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
  logger: container.get(Logger),
});

/** The typed events: four said here, the fifth by the handler that answers the request for a translation. */
async function produceEvents(): Promise<number> {
  const events = container.get<KafkaEvents>(KafkaEvents);
  const userId = 'user-001';
  await events.produceUserEvent({ type: 'user.created', userId, data: { email: 'ada@example.com' } });
  await events.produceUserEvent({ type: 'user.updated', userId, data: { email: 'ada@example.org' } });
  await events.produceTranslationEvent({ userId, source: 'en', target: 'es', original: 'Hello, world' });
  await events.produceUserEvent({ type: 'user.deleted', userId, data: { reason: 'asked for it' } });
  return 5;
}

/** A message without a schema, on a topic of its own. */
async function produceMessage(): Promise<number> {
  const kafka = container.get<KafkaRepository>(KafkaRepository);
  const line = { type: 'message', key: 'key', detail: 'Hello Kafka!' };
  const position = await kafka.sendMessage(CUSTOM_TOPIC, line.key, line.detail);
  printer.print({ ...line, direction: 'produced', position });
  return 1;
}

async function consumeMessages(): Promise<void> {
  await container
    .get(KafkaAdmin)
    .ensureTopics([{ topic: CUSTOM_TOPIC, partitions: 1, replicationFactor: BROKER_DEFAULT }]);
  const kafka = container.get<KafkaRepository>(KafkaRepository);
  kafka.addConsumer(CUSTOM_TOPIC, `${GROUP}.${CUSTOM_TOPIC}`, async ({ key, value, ...position }) => {
    const [keyText, detail] = [key, value].map((bytes) => bytes?.toString('utf8') ?? '') as [string, string];
    printer.print({ direction: 'consumed', type: 'message', position, key: keyText, detail });
  });
  await kafka.startConsumer(CUSTOM_TOPIC);
}

async function demo(): Promise<boolean> {
  await lifecycle.start();
  await consumeMessages();
  process.stdout.write(`Kafka is ${where}\n\n`);
  const expected = (await produceEvents()) + (await produceMessage());
  const complete = await printer.complete(expected);
  await lifecycle.stop();
  if (!complete) {
    process.stderr.write(`\nnot consumed after ${DEADLINE_MS / 1000} s: ${printer.missing.join(', ')}\n`);
    return false;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`
${colors.bold(`${expected} produced, ${expected} consumed`)} in ${seconds} s on ${where}

What to try next:
  make run                                               the service: consumers and HTTP
  make kafka && KAFKA_BROKERS=localhost:9092 make demo   the same on Apache Kafka
  internal/usecase/kafka_events/kafka_events.ts          the code that handled these events
`);
  return true;
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
