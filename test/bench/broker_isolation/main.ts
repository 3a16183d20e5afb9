/**
 * What a service pays for a broker in its own process, compared with one in a process beside it: how late the
 * service's event loop is while it produces and consumes at a steady pace, the processor time of its process, and
 * how much it can produce at most. Alternating rounds of one run, medians; nothing passes or fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Producer } from 'kafkajs';
import { startBroker, startBrokerProcess } from '../../../pkg/devbroker/index.js';

const ROUNDS = 5;
const TOPIC = 'events';
const VALUE = Buffer.alloc(200, 'v');

/** The steady pace: 40 sends of 5 messages every 100 ms, which are 2,000 messages a second. */
const PACED_MS = 3000;
const BEAT_MS = 100;
const SENDS_A_BEAT = 40;
const MESSAGES_A_SEND = 5;

/** The most: batches of 100 messages, four in flight. */
const CLOSED_MS = 2000;
const CLOSED_BATCH = 100;
const CLOSED_SENDERS = 4;

/** The event loop is looked at this often. */
const RESOLUTION_MS = 1;

interface Sample {
  p50: number;
  p99: number;
  worst: number;
  /** Share of one processor in percent. */
  processor: number;
  mostPerSecond: number;
  /** The 99th percentile of the delay while that much is produced. */
  fullP99: number;
}

const places = { 'in the process': startBroker, 'in a process beside it': startBrokerProcess };

async function send(producer: Producer, count: number): Promise<void> {
  await producer.send({ topic: TOPIC, messages: Array.from({ length: count }, () => ({ value: VALUE })) });
}

async function paced(producer: Producer): Promise<void> {
  const end = performance.now() + PACED_MS;
  for (let beat = performance.now(); beat < end; beat += BEAT_MS) {
    await Promise.all(Array.from({ length: SENDS_A_BEAT }, () => send(producer, MESSAGES_A_SEND)));
    await delay(Math.max(0, beat + BEAT_MS - performance.now()));
  }
}

async function closedLoop(producer: Producer): Promise<number> {
  const startedAt = performance.now();
  let sent = 0;
  const sender = async () => {
    while (performance.now() < startedAt + CLOSED_MS) {
      await send(producer, CLOSED_BATCH);
      sent += CLOSED_BATCH;
    }
  };
  await Promise.all(Array.from({ length: CLOSED_SENDERS }, sender));
  return (sent / (performance.now() - startedAt)) * 1000;
}

async function sample(brokers: readonly string[]): Promise<Sample> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: 'bench', maxWaitTimeInMs: 50 });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  const running = new Promise((resolve) => consumer.on('consumer.fetch', resolve));
  await consumer.run({ eachBatch: () => Promise.resolve() });
  await running;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const fullHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = process.cpuUsage();
  histogram.enable();
  await paced(producer);
  histogram.disable();
  const { user, system } = process.cpuUsage(before);
  fullHistogram.enable();
  const mostPerSecond = await closedLoop(producer);
  fullHistogram.disable();
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  return {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    worst: ms(histogram.max),
    processor: ((user + system) / 1000 / PACED_MS) * 100,
    mostPerSecond,
    fullP99: ms(fullHistogram.percentile(99)),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

const data = await mkdtemp(path.join(tmpdir(), 'bench-isolation-'));
const samples = new Map<string, Sample[]>();
try {
  for (let round = 0; round < ROUNDS; round++) {
    for (const storage of ['memory', 'folder']) {
      for (const [place, start] of Object.entries(places)) {
        const dataDir = storage === 'folder' ? path.join(data, `${round} ${place}`) : undefined;
        const broker = await start({ dataDir, topics: { [TOPIC]: 4 } });
        const name = `${storage}, ${place}`;
        samples.set(name, [...(samples.get(name) ?? []), await sample(broker.brokers)]);
        await broker.stop();
      }
    }
  }
} finally {
  await rm(data, { recursive: true, force: true });
}
process.stdout.write(
  '| broker | delay p50 | p99 | worst | processor | produced at most | p99 then |\n|---|---|---|---|---|---|---|\n',
);
for (const [name, all] of samples) {
  const of = (key: keyof Sample) => median(all.map((one) => one[key]));
  const delays = (['p50', 'p99', 'worst'] as const).map((key) => `${of(key).toFixed(1)} ms`).join(' | ');
  const most = Math.round(of('mostPerSecond')).toLocaleString('en');
  process.stdout.write(
    `| ${name} | ${delays} | ${of('processor').toFixed(0)} % | ${most}/s | ${of('fullP99').toFixed(1)} ms |\n`,
  );
}
