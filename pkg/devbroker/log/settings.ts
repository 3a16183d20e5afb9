/** How long and in what pieces a partition's records are kept. */
export interface LogSettings {
  /** Whether old records are ever removed (cleanup.policy holds `delete`). */
  readonly deletes: boolean;
  /** Age in milliseconds beyond which records may go, -1 for never. */
  readonly retentionMs: number;
  /** Bytes of a partition beyond which its oldest records may go, -1 for no limit. */
  readonly retentionBytes: number;
  /** Bytes at which a new segment is begun. */
  readonly segmentBytes: number;
  /** Milliseconds between the first and the newest record at which a new segment is begun. */
  readonly segmentMs: number;
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** The settings of a topic, with Apache Kafka's names and defaults. A value that is no number is the default. */
export function logSettings(configs: ReadonlyMap<string, string>): LogSettings {
  const number = (name: string, fallback: number) => {
    const value = Number(configs.get(name) ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  };
  return {
    deletes: (configs.get('cleanup.policy') ?? 'delete').split(',').includes('delete'),
    retentionMs: number('retention.ms', WEEK),
    retentionBytes: number('retention.bytes', -1),
    segmentBytes: number('segment.bytes', 1024 ** 3),
    segmentMs: number('segment.ms', WEEK),
  };
}
