/**
 * Compares the embedded broker, in a process of its own with its durable log, with Apache Kafka on the same
 * machine: the same kafkajs client, in alternating rounds of one run. Prints ratios; nothing passes or fails.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import kafkajs from 'kafkajs';
import { projectRoot } from '../../../config/project_root.js';
import { startBroker } from '../../../pkg/devbroker/index.js';
import { startKafka } from '../../../scripts/apache_kafka/cluster.js';
import { startBrokerProgram } from '../../../scripts/broker_program.js';
import { measure, produce, type Rates } from './load.js';

const { Kafka, Partitioners } = kafkajs;

const MESSAGES = 80_000;
const ROUNDS = 3;
const MANY = 1_000_000;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Milliseconds from startBroker() to the acknowledgement of a first message, in this process, in memory. */
async function timeToFirstAck(): Promise<number> {
  const startedAt = performance.now();
  const broker = await startBroker({ topics: { first: 1 } });
  const producer = new Kafka({ clientId: 'bench', brokers: broker.brokers }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await producer.send({ topic: 'first', messages: [{ value: 'hello' }] });
  const elapsed = performance.now() - startedAt;
  await producer.disconnect();
  await broker.stop();
  return elapsed;
}

function print(name: string, ours: readonly number[], baseline: readonly number[]): void {
  const [a, b] = [median(ours), median(baseline)];
  const rate = (value: number) => `${Math.round(value).toLocaleString('en')}/s`;
  process.stdout.write(`| ${name} | ${rate(a)} | ${rate(b)} | ${(a / b).toFixed(2)}x |\n`);
}

const firstAcks = [await timeToFirstAck(), await timeToFirstAck(), await timeToFirstAck()];
const data = await mkdtemp(path.join(tmpdir(), 'bench-broker-'));
const kafka = await startKafka();
const embedded = await startBrokerProgram(projectRoot(), ['--data', data]);
try {
  const rounds: { embedded: Rates; kafka: Rates }[] = [];
  // The first round warms the client and the JVM up and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    const one = {
      embedded: await measure([embedded.address], `round-${round}`, MESSAGES),
      kafka: await measure(kafka.brokers, `round-${round}`, MESSAGES),
    };
    if (round > 0) rounds.push(one);
  }
  process.stdout.write('| kafkajs | embedded | Apache Kafka | ratio |\n|---|---|---|---|\n');
  for (const what of ['produce', 'consume'] as const) {
    print(
      what,
      rounds.map((round) => round.embedded[what]),
      rounds.map((round) => round.kafka[what]),
    );
  }
  await produce([embedded.address], 'many', MANY);
  const rss = (await residentMb(embedded.pid)).toFixed(0);
  process.stdout.write(`\nresident after ${MANY.toLocaleString('en')} messages of 200 bytes: ${rss} MB\n`);
  process.stdout.write(
    `startBroker() to the first acknowledgement: ${median(firstAcks).toFixed(0)} ms (median of 3)\n`,
  );
} finally {
  await embedded.stop();
  await kafka.stop();
  await rm(data, { recursive: true, force: true });
}
