import { listOf, topicSettings } from '../topic_settings.js';

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

/** The settings of a topic, which are sound, with Apache Kafka's defaults for those it does not have. */
export function logSettings(configs: ReadonlyMap<string, string>): LogSettings {
  const text = (name: string) => configs.get(name) ?? topicSettings.get(name)?.fallback ?? '';
  return {
    deletes: listOf(text('cleanup.policy')).includes('delete'),
    retentionMs: Number(text('retention.ms')),
    retentionBytes: Number(text('retention.bytes')),
    segmentBytes: Number(text('segment.bytes')),
    segmentMs: Number(text('segment.ms')),
  };
}
