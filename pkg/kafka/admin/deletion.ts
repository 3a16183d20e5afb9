import type { TopicDifference } from './differences.js';

const UNLIMITED = -1;

/** Settings that say for how long, or up to what size, something is kept at the least. */
const KEEPING = new Set([
  'retention.ms',
  'retention.bytes',
  'delete.retention.ms',
  'min.compaction.lag.ms',
  'local.retention.ms',
  'local.retention.bytes',
]);

/** Whether brokers may delete messages after this change that they would have kept. */
export function deletes({ what, wanted, actual }: TopicDifference): boolean {
  if (wanted === actual) return false;
  if (what === 'cleanup.policy') return true;
  if (what === 'remote.storage.enable') return wanted !== 'true';
  if (!KEEPING.has(what)) return false;
  const [next, now] = [Number(wanted), Number(actual)];
  if (next === UNLIMITED) return false;
  // Below -1 another setting decides, so that nobody knows here which of the two is less; as where it is no number.
  return now <= UNLIMITED || !(next >= now);
}
