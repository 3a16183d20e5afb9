import { MissingToolError } from './toolchain.js';
import { addresses, type LocalKafka, RefusedError, startLocalKafka, stopLocalKafka } from './local_kafka.js';
import { type RunRecord } from './run_record.js';

const DEFAULT_PORT = 9092;
const LAST_PORT = 65_535;

/** What the environment (`make kafka PORT=… NODES=…`) asks for. */
function wantedKafka(env: NodeJS.ProcessEnv): LocalKafka {
  const port = Number(env['PORT'] ?? DEFAULT_PORT);
  const nodes = Number(env['NODES'] ?? 1);
  if (nodes !== 1 && nodes !== 3) throw new RefusedError('NODES must be 1 or 3.');
  if (!Number.isInteger(port) || port < 1 || port + nodes - 1 > LAST_PORT) {
    throw new RefusedError(`PORT must be a number from 1 to ${LAST_PORT}.`);
  }
  return { nodes, port };
}

function describe(record: RunRecord, happened: string): string {
  const [first = ''] = record.brokers;
  const count = record.brokers.length === 1 ? '1 node' : `${record.brokers.length} nodes`;
  const runner = record.runner === 'docker' ? 'in Docker' : 'out of the official jars';
  return [
    `Apache Kafka ${record.version} ${happened} on ${record.brokers.join(',')} (${count}, ${runner}).`,
    `  use it:   KAFKA_BROKERS=${record.brokers.join(',')} make run`,
    `  look in:  kcat -L -b ${first}`,
    '  stop it:  make kafka-stop',
  ].join('\n');
}

async function start(): Promise<void> {
  const wanted = wantedKafka(process.env);
  const began = performance.now();
  const { record, started } = await startLocalKafka(wanted);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(describe(record, started ? `answers after ${seconds} s` : 'already runs'));
  const asked = addresses(wanted).join(',');
  if (asked !== record.brokers.join(',')) {
    throw new RefusedError(`It is not the one you asked for (${asked}): run make kafka-stop first.`);
  }
}

async function stop(): Promise<void> {
  const stopped = await stopLocalKafka();
  console.log(stopped ? 'Apache Kafka is stopped; its data stay.' : 'No Apache Kafka was left running here.');
}

const commands: Readonly<Record<string, () => Promise<void>>> = { start, stop };

try {
  const command = commands[process.argv[2] ?? ''];
  if (!command) throw new RefusedError(`Usage: main.ts ${Object.keys(commands).join('|')}`);
  await command();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const expected = error instanceof RefusedError || error instanceof MissingToolError;
  console.error(
    expected ? error.message : `Apache Kafka did not ${process.argv[2] ?? ''}.\n${error.message}`,
  );
  process.exitCode = 1;
}
