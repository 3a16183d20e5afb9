import type { HeaderMap, ReadRecord } from '../driver.js';
import { lastHeader } from '../failures/header_values.js';

/** What follows topic and group in the name of a topic of dead letters. */
export const DEAD_LETTERS = '-dlt';

/** A message that failed for good, and why. What its writer did not say is null. */
export interface DeadLetter {
  /** As it lies in the topic of dead letters; key, value and headers are those of the message, and more headers. */
  readonly record: ReadRecord;
  /** Where it was read when it failed first. Offsets are decimal text. */
  readonly original: {
    readonly topic: string | null;
    readonly partition: number | null;
    readonly offset: string | null;
  };
  readonly group: string | null;
  /** The class of the last error. */
  readonly error: string | null;
  readonly message: string | null;
  /** Calls of the handler before it was given up last. */
  readonly attempts: number | null;
  /** The `event-type` header. */
  readonly eventType: string | null;
  /** Milliseconds since the epoch: when it became a dead letter. */
  readonly failedAt: number;
}

/** Which dead letters are meant; all conditions hold of each. */
export interface DeadLetterFilter {
  /** Of messages of this topic. */
  readonly topic?: string | undefined;
  /** Of this consumer group. */
  readonly group?: string | undefined;
  /** One of these places. */
  readonly ids?: readonly { readonly partition: number; readonly offset: string }[] | undefined;
  /** Class of the error. */
  readonly error?: string | undefined;
  readonly eventType?: string | undefined;
  /** The key, as text. */
  readonly key?: string | undefined;
  /** Failed at this time or later. */
  readonly since?: Date | undefined;
  /** Failed before. */
  readonly until?: Date | undefined;
}

/** Reads what the headers say. */
export function deadLetterOf(record: ReadRecord): DeadLetter {
  const { headers } = record;
  const partition = lastHeader(headers, 'kafka_dlt-original-partition');
  const offset = lastHeader(headers, 'kafka_dlt-original-offset');
  return {
    record,
    original: {
      topic: textOf(headers, 'kafka_dlt-original-topic'),
      partition: partition?.length === 4 ? partition.readInt32BE() : null,
      offset: offset?.length === 8 ? offset.readBigInt64BE().toString() : null,
    },
    group: textOf(headers, 'kafka_dlt-original-consumer-group'),
    error: textOf(headers, 'kafka_dlt-exception-fqcn'),
    message: textOf(headers, 'kafka_dlt-exception-message'),
    attempts: attemptsOf(headers),
    eventType: textOf(headers, 'event-type'),
    failedAt: record.timestamp,
  };
}

/** Whether the filter means this one. */
export function isMeant(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  const { partition, offset, key } = letter.record;
  const { ids, since, until } = filter;
  return (
    isOf(letter, filter) &&
    (ids === undefined || ids.some((id) => id.partition === partition && id.offset === offset)) &&
    (filter.error === undefined || filter.error === letter.error) &&
    (filter.eventType === undefined || filter.eventType === letter.eventType) &&
    (filter.key === undefined || filter.key === key?.toString('utf8')) &&
    (since === undefined || letter.failedAt >= since.getTime()) &&
    (until === undefined || letter.failedAt < until.getTime())
  );
}

/** A name with more dots than one may be that of several topics and groups. */
function isOf(letter: DeadLetter, { topic, group }: DeadLetterFilter): boolean {
  if (topic === undefined && group === undefined) return true;
  // Where nothing tells whose it is, it takes both to name it.
  const its = groupOf(letter) ?? (topic === undefined ? undefined : group);
  if (its === undefined || (group !== undefined && group !== its)) return false;
  return topic === undefined || letter.record.topic === `${topic}.${its}${DEAD_LETTERS}`;
}

/** The group by whose failure it came to its topic; undefined where neither it nor the name tells. */
function groupOf({ record, original, group }: DeadLetter): string | undefined {
  const name = record.topic.slice(0, -DEAD_LETTERS.length);
  if (group !== null && name.endsWith(`.${group}`)) return group;
  if (original.topic !== null && name.startsWith(`${original.topic}.`)) {
    return name.slice(original.topic.length + 1);
  }
  const [, only, ...more] = name.split('.');
  return more.length === 0 ? only : undefined;
}

function textOf(headers: HeaderMap, name: string): string | null {
  return lastHeader(headers, name)?.toString('utf8') ?? null;
}

function attemptsOf(headers: HeaderMap): number | null {
  const info = lastHeader(headers, 'dlq-info');
  if (info === undefined) return null;
  try {
    const parsed = JSON.parse(info.toString('utf8')) as { attempts?: unknown } | null;
    return typeof parsed?.attempts === 'number' ? parsed.attempts : null;
  } catch {
    // Somebody else wrote it.
    return null;
  }
}
