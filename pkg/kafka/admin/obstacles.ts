import type { TopicShape } from '../driver.js';
import { deletes } from './deletion.js';
import type { TopicDifference } from './differences.js';

/** How far {@link applyTopics} may go. */
export interface ApplyOptions {
  /** Whether settings may be changed after which brokers delete messages; default false. */
  readonly mayDelete?: boolean;
  /** Whether settings of a topic's own that nobody asked for go back to what the brokers have; default false. */
  readonly mayReset?: boolean;
}

/** The difference in the number of partitions. */
export const PARTITIONS = 'partitions';
const REPLICATION = 'replicationFactor';
const MIN_IN_SYNC = 'min.insync.replicas';

/** Why a difference stays; undefined where it can be mended. */
export function obstacle(
  difference: TopicDifference,
  { partitions }: TopicShape,
  { mayDelete = false, mayReset = false }: ApplyOptions,
): string | undefined {
  const { what, wanted, actual, unasked = false } = difference;
  if (what === REPLICATION) return 'copies are moved by kafka-reassign-partitions';
  if (what === PARTITIONS) {
    return Number(wanted) < Number(actual) ? 'Kafka takes no partition away' : undefined;
  }
  if (unasked && !mayReset) return 'stays unless told otherwise';
  if (what === MIN_IN_SYNC && Number(wanted) > Number(actual)) {
    // Copies that are not in sync do not count for it: those that were just moved, or of a node that is down.
    const inSync = Math.min(...partitions.map((partition) => partition.inSync.length));
    if (inSync < Number(wanted)) {
      return `messages would be refused, with ${inSync} ${inSync === 1 ? 'copy' : 'copies'} in sync`;
    }
  }
  return deletes(difference) && !mayDelete ? 'brokers would delete messages' : undefined;
}
