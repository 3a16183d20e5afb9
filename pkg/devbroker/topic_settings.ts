import { BrokerError } from './errors.js';
import { ErrorCode } from './wire/errors.js';

/** The types of settings, numbered as DescribeConfigs numbers them. */
export const SettingType = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const;

/** A setting of a topic, as Apache Kafka has it. */
export interface TopicSetting {
  name: string;
  type: keyof typeof SettingType;
  fallback: string;
  /** The broker's setting that Apache Kafka takes the fallback from; null where it has none. */
  brokerName: string | null;
  /** What is wrong with a value, as the end of a sentence, or null. */
  problem(value: string): string | null;
}

const INT_MAX = 2n ** 31n - 1n;
const LONG_MAX = 2n ** 63n - 1n;

interface Bounds {
  min: number;
  max?: number;
  broker?: string;
}

/** A whole number, within 32 bits for `int` and 64 for `long`. */
function whole(type: 'int' | 'long', name: string, fallback: number | bigint, bounds: Bounds): TopicSetting {
  const min = BigInt(bounds.min);
  const max = BigInt(bounds.max ?? (type === 'int' ? INT_MAX : LONG_MAX));
  return {
    name,
    type,
    fallback: String(fallback),
    brokerName: bounds.broker ?? null,
    problem(value) {
      const number = /^[+-]?\d+$/.test(value) ? BigInt(value) : null;
      const good = number !== null && number >= min && number <= max;
      return good ? null : `is not a whole number from ${min} to ${max}`;
    },
  };
}

function flag(name: string, broker: string | null): TopicSetting {
  const problem = (value: string) => (/^(true|false)$/i.test(value) ? null : 'is neither true nor false');
  return { name, type: 'boolean', fallback: 'false', brokerName: broker, problem };
}

interface Choice {
  name: string;
  type: 'string' | 'list';
  of: readonly string[];
  fallback: string;
  broker: string;
}

/** One of the given words, or for a list any number of them. */
function choice({ name, type, of, fallback, broker }: Choice): TopicSetting {
  const problem = (value: string) => {
    const words = type === 'list' ? listOf(value) : [value];
    return words.every((word) => of.includes(word)) ? null : `is not among ${of.join(', ')}`;
  };
  return { name, type, fallback, brokerName: broker, problem };
}

/** A share from 0 to 1. */
function ratio(name: string, fallback: string, broker: string): TopicSetting {
  const problem = (value: string) => {
    const number = value === '' ? NaN : Number(value);
    return number >= 0 && number <= 1 ? null : 'is not a number from 0 to 1';
  };
  return { name, type: 'double', fallback, brokerName: broker, problem };
}

/** Replicas whose replication is slowed down: `*` or pairs of partition and broker. */
function throttledReplicas(name: string): TopicSetting {
  const problem = (value: string) =>
    value === '*' || listOf(value).every((pair) => /^\d+:\d+$/.test(pair))
      ? null
      : 'is neither * nor a list of partition:broker';
  return { name, type: 'list', fallback: '', brokerName: null, problem };
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Apache Kafka's settings of topics but for those of tiered storage, with its defaults and bounds. Honoured are
 * cleanup.policy (but nothing is compacted), max.message.bytes, message.timestamp.*, retention.* and segment.bytes
 * and segment.ms; the others are kept and described, and change nothing here.
 */
const known: readonly TopicSetting[] = [
  choice({
    name: 'cleanup.policy',
    type: 'list',
    of: ['compact', 'delete'],
    fallback: 'delete',
    broker: 'log.cleanup.policy',
  }),
  choice({
    name: 'compression.type',
    type: 'string',
    of: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    fallback: 'producer',
    broker: 'compression.type',
  }),
  choice({
    name: 'message.timestamp.type',
    type: 'string',
    of: ['CreateTime', 'LogAppendTime'],
    fallback: 'CreateTime',
    broker: 'log.message.timestamp.type',
  }),
  whole('int', 'compression.gzip.level', -1, { min: -1, max: 9, broker: 'compression.gzip.level' }),
  whole('int', 'compression.lz4.level', 9, { min: 1, max: 17, broker: 'compression.lz4.level' }),
  whole('int', 'compression.zstd.level', 3, { min: -131_072, max: 22, broker: 'compression.zstd.level' }),
  whole('long', 'delete.retention.ms', DAY, { min: 0, broker: 'log.cleaner.delete.retention.ms' }),
  whole('long', 'file.delete.delay.ms', 60_000, { min: 0, broker: 'log.segment.delete.delay.ms' }),
  whole('long', 'flush.messages', LONG_MAX, { min: 1, broker: 'log.flush.interval.messages' }),
  whole('long', 'flush.ms', LONG_MAX, { min: 0 }),
  whole('int', 'index.interval.bytes', 4096, { min: 0, broker: 'log.index.interval.bytes' }),
  whole('long', 'max.compaction.lag.ms', LONG_MAX, { min: 1, broker: 'log.cleaner.max.compaction.lag.ms' }),
  whole('int', 'max.message.bytes', 1_048_588, { min: 0, broker: 'message.max.bytes' }),
  whole('long', 'message.timestamp.after.max.ms', 3_600_000, {
    min: 0,
    broker: 'log.message.timestamp.after.max.ms',
  }),
  whole('long', 'message.timestamp.before.max.ms', LONG_MAX, {
    min: 0,
    broker: 'log.message.timestamp.before.max.ms',
  }),
  ratio('min.cleanable.dirty.ratio', '0.5', 'log.cleaner.min.cleanable.ratio'),
  whole('long', 'min.compaction.lag.ms', 0, { min: 0, broker: 'log.cleaner.min.compaction.lag.ms' }),
  whole('int', 'min.insync.replicas', 1, { min: 1, broker: 'min.insync.replicas' }),
  flag('preallocate', 'log.preallocate'),
  whole('long', 'retention.bytes', -1, { min: -1, broker: 'log.retention.bytes' }),
  whole('long', 'retention.ms', 7 * DAY, { min: -1, broker: 'log.retention.ms' }),
  whole('int', 'segment.bytes', 2 ** 30, { min: 2 ** 20, broker: 'log.segment.bytes' }),
  whole('int', 'segment.index.bytes', 10_485_760, { min: 4, broker: 'log.index.size.max.bytes' }),
  whole('long', 'segment.jitter.ms', 0, { min: 0 }),
  whole('long', 'segment.ms', 7 * DAY, { min: 1 }),
  flag('unclean.leader.election.enable', 'unclean.leader.election.enable'),
  throttledReplicas('follower.replication.throttled.replicas'),
  throttledReplicas('leader.replication.throttled.replicas'),
];

/** Every setting that a topic may have, by its name and in the order of names. */
export const topicSettings: ReadonlyMap<string, TopicSetting> = new Map(
  known.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((setting) => [setting.name, setting]),
);

/** The elements of a setting of type list. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

/**
 * Checks the settings that a topic is to have.
 * @throws BrokerError with INVALID_CONFIG, naming the setting, for the first that is unknown or has a bad value
 */
export function checkTopicSettings(configs: ReadonlyMap<string, string>): void {
  for (const [name, value] of configs) {
    const setting = topicSettings.get(name);
    if (!setting) throw invalid(`Unknown topic setting '${name}'.`);
    const problem = setting.problem(value.trim());
    if (problem !== null) throw invalid(`The value '${value}' of '${name}' ${problem}.`);
  }
  const [shortest, longest] = ['min.compaction.lag.ms', 'max.compaction.lag.ms'].map((name) =>
    BigInt(configs.get(name) ?? topicSettings.get(name)?.fallback ?? 0),
  );
  if ((shortest ?? 0n) > (longest ?? LONG_MAX)) {
    throw invalid(`'min.compaction.lag.ms' is more than 'max.compaction.lag.ms'.`);
  }
}

function invalid(message: string): BrokerError {
  return new BrokerError(ErrorCode.INVALID_CONFIG, message);
}
