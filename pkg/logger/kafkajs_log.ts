import type { Logger, LogFields, LogLevel } from './logger.js';

/** One entry of kafkajs's logger, as its log creators receive it (kafkajs 2.2.4, loggers/index.js). */
interface KafkajsEntry {
  readonly namespace: string;
  /** 1 error, 2 warn, 4 info, 5 debug. */
  readonly level: number;
  readonly log: Readonly<Record<string, unknown>>;
}

const LEVELS: Readonly<Record<number, LogLevel>> = { 1: 'error', 2: 'warn', 4: 'info', 5: 'debug' };

/** Entries that kafkajs logs louder than they are: what they say, and the level they deserve at most. */
const QUIETER: readonly { readonly says: RegExp; readonly level: LogLevel }[] = [
  // Every deploy of a group does this, and a cluster that starts or has just made a topic does that.
  { says: /group is rebalancing/i, level: 'debug' },
  {
    says: /group coordinator is not available|coordinator is loading|not the correct coordinator/i,
    level: 'debug',
  },
  { says: /no leader for this topic-partition/i, level: 'debug' },
  // How an idempotent creation finds out that there is nothing to do.
  { says: /Topic with this name already exists/, level: 'debug' },
  // Whoever asked is told, and says it in words of its own: the names come from callers, and from a first start.
  {
    says: /^Response (Metadata\b.*does not host this topic-partition|CreateTopics\b.*Topic creation errors)/,
    level: 'debug',
  },
  // Said once a minute with the names of right and resource, or thrown at whoever asked.
  { says: /^Response .*Not authorized to access/, level: 'debug' },
  // Said again, with its partitions, by whoever is assigned something.
  { says: /^Starting$|has joined the group/, level: 'debug' },
  // Chosen on purpose: the Java partitioner, and retries that end.
  { says: /switched default partitioner|Limiting retries for the idempotent producer/, level: 'debug' },
  // A paused partition is how the consumer waits; it would log two lines for each slow message.
  { says: /^(Pausing|Resuming) fetching from/, level: 'debug' },
  {
    says: /partition already being processed by another fetcher|consumer not running, exiting/,
    level: 'debug',
  },
  // The network and moving leaders: kafkajs tries again, and the call fails where that does not help.
  {
    says: /Connection (error|timeout)|Closed connection|server disconnected|ECONN|EPIPE|ETIMEDOUT/,
    level: 'warn',
  },
  { says: /Failed to connect to|Failed to send messages|Restarting the consumer/, level: 'warn' },
  { says: /Crash: KafkaJS(NumberOfRetriesExceeded|Connection\w*Error|RequestTimeoutError)/, level: 'warn' },
  // A refused request is retried too, or thrown at whoever made it.
  { says: /^Response |not aware of this member/, level: 'warn' },
];

/** What kafkajs adds to each entry and the line has already, or has no use for. */
const DROPPED = new Set(['message', 'timestamp', 'logger', 'helpUrl']);

/**
 * A `logCreator` for kafkajs that writes to this logger, with `namespace` as a field. What kafkajs retries
 * by itself is never logged as an error: it is a warning, or a debug line where it belongs to normal
 * operation. The number that kafkajs gives a request becomes `requestId`, since `correlationId` is taken.
 */
export function kafkajsLogCreator(logger: Logger): (level: number) => (entry: KafkajsEntry) => void {
  return () => (entry) => {
    const message = String(entry.log['message']);
    const level = levelOf(entry, message);
    logger[level](message, fieldsOf(entry, level));
  };
}

function levelOf({ level, log }: KafkajsEntry, message: string): LogLevel {
  const own = LEVELS[level] ?? 'info';
  if (own === 'debug') return own;
  const text = typeof log['error'] === 'string' ? `${message} ${log['error']}` : message;
  const rule = QUIETER.find(({ says }) => says.test(text));
  if (rule !== undefined) return own === 'info' ? 'debug' : rule.level;
  // kafkajs counts the attempts of what it will try again, or has just given back to the caller as failed.
  return own === 'error' && typeof log['retryCount'] === 'number' && !message.startsWith('Crash')
    ? 'warn'
    : own;
}

function fieldsOf({ namespace, log }: KafkajsEntry, level: LogLevel): LogFields {
  const fields: Record<string, unknown> = { namespace };
  for (const [key, value] of Object.entries(log)) {
    // The stack of a refused connection is kafkajs's own and the same each time.
    if (DROPPED.has(key) || (key === 'stack' && level !== 'error')) continue;
    fields[key === 'correlationId' ? 'requestId' : key] = value;
  }
  return fields;
}
