import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BrokerArguments {
  host: string;
  /** The host that clients are told, or null for the one to listen on. */
  advertisedHost: string | null;
  /** 0 takes a free port. */
  port: number;
  /** The folder to keep data in, or null to keep it in memory. */
  data: string | null;
  /** Topics to create when missing, with their partitions. */
  topics: Record<string, number>;
}

/** A command line that makes no sense; the message says what to mend. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where embedded parts keep their data. */
const DEFAULT_DATA = '.data';

export const USAGE = `Usage: broker [options]
The embedded Kafka broker, for development and tests.

  --port <port>              port to listen on, 0 for a free one (default 9092)
  --host <address>           address to listen on (default 127.0.0.1)
  --advertised-host <host>   host that clients are told (default: that of --host, 127.0.0.1 for 0.0.0.0)
  --data <folder>            folder to keep the data in (default .data)
  --memory                   keep the data in memory instead, as long as the program runs
  --topic <name:partitions>  create this topic when it is missing; may be repeated
  --help                     show this text
`;

/** @returns the arguments, or 'help' when they ask for the usage @throws UsageError */
export function parseArguments(argv: readonly string[]): BrokerArguments | 'help' {
  const { values } = parse(argv);
  if (values.help) return 'help';
  if (values.memory && values.data !== undefined) {
    throw new UsageError('--data and --memory contradict each other: give one of them');
  }
  return {
    host: values.host,
    advertisedHost: values['advertised-host'] ?? null,
    port: parsePort(values.port),
    data: values.memory ? null : (values.data ?? DEFAULT_DATA),
    topics: parseTopics(values.topic),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '9092' },
        host: { type: 'string', default: '127.0.0.1' },
        'advertised-host': { type: 'string' },
        data: { type: 'string' },
        memory: { type: 'boolean', default: false },
        topic: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    // parseArgs reports a bad command line by a TypeError with one of these codes.
    const code = error instanceof TypeError && 'code' in error ? String(error.code) : '';
    if (code.startsWith('ERR_PARSE_ARGS_')) throw new UsageError((error as TypeError).message);
    throw error;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`--port ${text}: a port is a number from 0 to 65535`);
  }
  return port;
}

function parseTopics(texts: readonly string[]): Record<string, number> {
  const topics = new Map<string, number>();
  for (const text of texts) {
    const [, name, partitions] = /^(.+):(\d+)$/.exec(text) ?? [];
    if (name === undefined || partitions === undefined) {
      throw new UsageError(`--topic ${text}: write it as name:partitions, for example orders:3`);
    }
    if (topics.has(name)) throw new UsageError(`--topic ${text}: topic '${name}' is named twice`);
    topics.set(name, Number(partitions));
  }
  return Object.fromEntries(topics);
}
