import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Kafka as KafkaClient } from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

const NAME = 'readiness-probe';
const PAUSE_MS = 100;

/** What to wait for. */
export interface ReadinessOptions {
  /** Each is asked by itself, as host:port. */
  brokers: readonly string[];
  /** How many brokers each must know of; as many as are asked unless told otherwise. */
  clusterSize?: number;
  /** Milliseconds after which waiting ends in an error. */
  timeoutMs: number;
  /** Ends the waiting at once, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Waits until clients can work: every broker answers and sees the others, and the coordinators of groups and
 * of transactions have loaded. An open port comes earlier than that; what a starting broker answers until
 * then (coordinator not available, load in progress, too few replicas) is waited through.
 * @throws Error after the time limit, with the last answer in it; the signal's reason when aborted.
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<void> {
  const size = options.clusterSize ?? options.brokers.length;
  const attempts = [
    ...options.brokers.map((broker) => () => seesBrokers(client([broker]), size)),
    () => groupsWork(client(options.brokers)),
    () => transactionsWork(client(options.brokers)),
  ];
  const deadline = Date.now() + options.timeoutMs;
  for (const attempt of attempts) await repeatUntil(attempt, deadline, options);
}

async function repeatUntil(
  attempt: () => Promise<void>,
  deadline: number,
  { brokers, timeoutMs, signal }: ReadinessOptions,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() >= deadline) {
        const last = error instanceof Error ? error.message : String(error);
        const where = brokers.join(', ');
        throw new Error(`${where} did not get ready within ${timeoutMs} ms: ${last}`, { cause: error });
      }
    }
    await delay(PAUSE_MS);
  }
}

function client(brokers: readonly string[]): KafkaClient {
  return new Kafka({
    clientId: NAME,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2000,
    requestTimeout: 5000,
    // As few as an idempotent producer permits: repeating is done here, with a deadline.
    retry: { retries: 1, initialRetryTime: PAUSE_MS },
  });
}

async function seesBrokers(kafka: KafkaClient, size: number): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length < size) throw new Error(`The broker knows ${brokers.length} of ${size} brokers.`);
  } finally {
    await admin.disconnect();
  }
}

async function groupsWork(kafka: KafkaClient): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    // The client looks for coordinators only once it knows the brokers. Reading makes no group.
    await admin.describeCluster();
    await admin.fetchOffsets({ groupId: NAME });
  } finally {
    await admin.disconnect();
  }
}

async function transactionsWork(kafka: KafkaClient): Promise<void> {
  const producer = kafka.producer({ idempotent: true, transactionalId: NAME, maxInFlightRequests: 1 });
  try {
    await producer.connect();
    // The first step of a transaction asks its coordinator; an empty one leaves nothing in any topic.
    await (await producer.transaction()).abort();
  } finally {
    await producer.disconnect();
  }
}
