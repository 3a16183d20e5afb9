import type { DriverRecord } from '../driver.js';
import type { PublishReceipt } from '../message.js';

/** The two ends of a caller's promise. */
export interface Settle {
  readonly resolve: (receipt: PublishReceipt) => void;
  readonly reject: (error: Error) => void;
}

/** A message that was accepted, on its way to the broker. */
export interface Pending extends Settle {
  readonly topic: string;
  /** Chosen by key or by the caller; undefined leaves the choice to the flush. */
  readonly partition: number | undefined;
  /** Partitions of the topic when the message was accepted. */
  readonly partitions: number;
  readonly record: DriverRecord;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

/** The messages of one flush for one partition, in order. */
export interface PendingPartition {
  readonly topic: string;
  readonly partition: number;
  readonly items: readonly Pending[];
}
