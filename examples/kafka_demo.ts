/**
 * Sends five typed events and one plain message through Kafka and shows each as it is produced and consumed.
 * Runs on the brokers of the configuration, or on those that KAFKA_BROKERS names.
 */
import colors from 'picocolors';
import { loadConfigOrExit } from '../config/config.js';
import {
  BrokerHandle,
  buildContainer,
  eventComponents,
  EventObserver,
  KafkaRepository,
  Logger,
  type StoredEvent,
  TranslationEvents,
  UserEvents,
} from '../internal/app/index.js';
import { KafkaAdmin } from '../pkg/kafka/index.js';
import { createLogger } from '../pkg/logger/index.js';
import { Lifecycle } from '../pkg/program/index.js';
import { formatLine, type Line } from './event_lines.js';

const CUSTOM_TOPIC = 'my-topic';
const GROUP = 'kafka-demo';
/** Leaves the replication factor to the brokers. */
const BROKER_DEFAULT = -1;
const DEADLINE_MS = 30_000;

/** Prints what passes, and knows which of the demo's own messages have come back. */
class Printer {
  private readonly seen = { produced: new Set<string>(), consumed: new Set<string>() };
  /** Aggregate ids of completed translations. */
  private readonly answered = new Set<string>();
  /** Lines of messages that came back before the broker's answer to their producer had. */
  private readonly early = new Map<string, Line>();
  private onChange: () => void = () => undefined;

  print(line: Line): void {
    const { topic, partition, offset } = line.position;
    const place = `${topic}[${partition}]@${offset}`;
    // A view and a consumer may both have been given the event.
    if (this.seen[line.direction].has(place)) return;
    if (line.direction === 'consumed' && !this.seen.produced.has(place)) {
      this.early.set(place, line);
      return;
    }
    this.seen[line.direction].add(place);
    if (line.type === 'translation.completed') this.answered.add(line.key);
    process.stdout.write(`${formatLine(line)}\n`);
    const waiting = this.early.get(place);
    if (waiting && this.early.delete(place)) this.print(waiting);
    this.onChange();
  }

  get produced(): number {
    return this.seen.produced.size;
  }

  get consumed(): number {
    return this.seen.consumed.size;
  }

  /** What was produced here and has not come back. */
  get missing(): string[] {
    return [...this.seen.produced].filter((place) => !this.seen.consumed.has(place));
  }

  /**
   * Resolves once all that was produced has been consumed, the answer to the given translation included;
   * false after the deadline.
   */
  complete(translationId: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(false);
      }, DEADLINE_MS);
      this.onChange = () => {
        if (!this.answered.has(translationId) || this.missing.length > 0) return;
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

/**
 * The typed events: four said here, the fifth by the handler that answers the request for a translation.
 * @returns the id of that translation
 */
async function produceEvents(users: UserEvents, translations: TranslationEvents): Promise<string> {
  const userId = 'user-001';
  await users.produceUserEvent({ type: 'user.created', userId, data: { email: 'ada@example.com' } });
  await users.produceUserEvent({ type: 'user.updated', userId, data: { email: 'ada@example.org' } });
  const languages = { source: 'en', target: 'es' };
  const { event } = await translations.produceTranslationEvent({
    userId,
    ...languages,
    original: 'Hello, world',
  });
  await users.produceUserEvent({ type: 'user.deleted', userId, data: { reason: 'asked for it' } });
  return event.aggregateId ?? '';
}

/** A message without a schema, on a topic of its own. */
async function produceMessage(kafka: KafkaRepository, printer: Printer): Promise<void> {
  const line = { type: 'message', key: 'key', detail: 'Hello Kafka!' };
  const position = await kafka.sendMessage(CUSTOM_TOPIC, line.key, line.detail);
  printer.print({ ...line, direction: 'produced', position });
}

async function consumeMessages(admin: KafkaAdmin, kafka: KafkaRepository, printer: Printer): Promise<void> {
  await admin.ensureTopics([{ topic: CUSTOM_TOPIC, partitions: 1, replicationFactor: BROKER_DEFAULT }]);
  kafka.addConsumer(CUSTOM_TOPIC, `${GROUP}.${CUSTOM_TOPIC}`, async ({ key, value, ...position }) => {
    const [keyText, detail] = [key, value].map((bytes) => bytes?.toString('utf8') ?? '') as [string, string];
    printer.print({ direction: 'consumed', type: 'message', position, key: keyText, detail });
  });
  await kafka.startConsumer(CUSTOM_TOPIC);
}

/** @throws Error saying what did not come back */
async function demo(): Promise<void> {
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
  const kafka = container.get<KafkaRepository>(KafkaRepository);
  const lifecycle = new Lifecycle({
    components: eventComponents(container),
    stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
    logger: container.get(Logger),
  });
  try {
    await lifecycle.start();
    await consumeMessages(container.get(KafkaAdmin), kafka, printer);
    process.stdout.write(`Kafka is ${where}\n\n`);
    const translationId = await produceEvents(
      container.get<UserEvents>(UserEvents),
      container.get<TranslationEvents>(TranslationEvents),
    );
    await produceMessage(kafka, printer);
    if (!(await printer.complete(translationId))) {
      throw new Error(`not consumed after ${DEADLINE_MS / 1000} s: ${printer.missing.join(', ')}`);
    }
  } finally {
    await lifecycle.stop();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`
${colors.bold(`${printer.produced} produced, ${printer.consumed} consumed`)} in ${seconds} s on ${where}

What to try next:
  make run                                               the service: consumers and HTTP
  make kafka && KAFKA_BROKERS=localhost:9092 make demo   the same on Apache Kafka
  internal/controller/event/translations.ts              what is done after these events
`);
}

/** An error's message and those of what caused it; a message that repeats its cause says it once. */
function reasons(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [error.message, ...reasons(error.cause).filter((reason) => !error.message.includes(reason))];
}

await demo().catch((error: unknown) => {
  process.stderr.write(`${reasons(error).join(' ')}\n`);
  process.exitCode = 1;
});
// What a failed start may have left waiting is not waited for.
process.exit();
