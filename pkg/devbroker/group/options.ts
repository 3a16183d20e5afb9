import { type Clock } from './clock.js';
import { type CommittedOffsets } from './offsets.js';

/** What Apache Kafka allows by default. */
const LONGEST_SESSION_TIMEOUT_MS = 30 * 60_000;
const SHORTEST_SESSION_TIMEOUT_MS = 10;

export interface GroupCoordinatorOptions {
  readonly clock?: Clock;
  /** Lets groups that only have offsets be listed, described and deleted, and deletes a group's offsets with it. */
  readonly offsets?: Pick<CommittedOffsets, 'groups' | 'hasGroup' | 'deleteGroup'>;
  /**
   * Milliseconds, 10 to 1,800,000, default 1,000. Apache Kafka's default is 6,000; tests of lost members want less.
   */
  readonly minSessionTimeoutMs?: number;
  /** Milliseconds, `minSessionTimeoutMs` to 1,800,000, which is the default. */
  readonly maxSessionTimeoutMs?: number;
  /**
   * How long the first member of an empty group waits for others, in milliseconds, default 20 (Apache Kafka: 3,000).
   * Each member that comes meanwhile extends it once more, up to the rebalance timeout.
   */
  readonly initialRebalanceDelayMs?: number;
  /** Milliseconds after which the first join of a member is given up when it could not be answered, default 300,000. */
  readonly newMemberJoinTimeoutMs?: number;
  /** Makes the unique part of a member id; default a random UUID. */
  readonly newId?: () => string;
  /**
   * Told of each generation when it is live: when the leader has assigned it, or at once when nobody is left.
   * It must not throw.
   */
  readonly onRebalance?: (groupId: string, generationId: number, memberIds: readonly string[]) => void;
}

/** Inclusive, in milliseconds. */
export interface SessionLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/** @throws RangeError when a limit is out of its range. */
export function sessionLimits(options: GroupCoordinatorOptions): SessionLimits {
  const { minSessionTimeoutMs: minMs = 1_000, maxSessionTimeoutMs: maxMs = LONGEST_SESSION_TIMEOUT_MS } =
    options;
  if (!(maxMs <= LONGEST_SESSION_TIMEOUT_MS)) {
    throw new RangeError(`maxSessionTimeoutMs must be at most ${LONGEST_SESSION_TIMEOUT_MS}, not ${maxMs}`);
  }
  if (!(minMs >= SHORTEST_SESSION_TIMEOUT_MS && minMs <= maxMs)) {
    throw new RangeError(
      `minSessionTimeoutMs must be ${SHORTEST_SESSION_TIMEOUT_MS} to ${maxMs} (maxSessionTimeoutMs), not ${minMs}`,
    );
  }
  return { minMs, maxMs };
}
