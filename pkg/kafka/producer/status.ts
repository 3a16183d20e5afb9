import type { TopicPartition } from '../driver.js';

/** A partition with messages that are not acknowledged. */
export interface UnacknowledgedPartition extends TopicPartition {
  /** Milliseconds for which messages have been waiting there without any acknowledgement. */
  readonly forMs: number;
  /** What the last request ended with, or keeps it from being sent; null while nothing is known to be wrong. */
  readonly reason: string | null;
}

/** How a producer stands: a snapshot. */
export interface ProducerStatus {
  /** Milliseconds since the brokers last acknowledged something; null when they have not yet. */
  readonly acknowledgedMsAgo: number | null;
  /** Those that wait at this moment; most do so for some milliseconds. */
  readonly unacknowledged: readonly UnacknowledgedPartition[];
}
