import type { FaultOptions } from '../../../../../pkg/devbroker/index.js';
import type { Random } from '../../../../support/random.js';

const GROUP_AUTHORIZATION_FAILED = 30;

/** What a broker may do to a member; each befalls a few requests. */
const MISHAPS: readonly ((random: Random) => FaultOptions)[] = [
  (random) => ({
    api: ['Fetch', 'Heartbeat', 'OffsetCommit', 'JoinGroup', 'SyncGroup', 'Metadata', 'OffsetFetch'],
    delayMs: random.integer(200, 4_000),
    when: random.integer(0, 1) === 0 ? 'before' : 'after',
  }),
  (random) => ({ api: 'Fetch', node: random.integer(1, 2), delayMs: random.integer(1_000, 8_000) }),
  () => ({ api: ['Fetch', 'Heartbeat', 'OffsetCommit', 'JoinGroup', 'SyncGroup'], disconnect: 'before' }),
  () => ({ api: ['Fetch', 'Heartbeat', 'OffsetCommit', 'JoinGroup', 'SyncGroup'], disconnect: 'after' }),
  () => ({ api: 'Fetch', error: 'NOT_LEADER_OR_FOLLOWER' }),
  () => ({ api: 'Fetch', error: 'UNKNOWN_SERVER_ERROR' }),
  () => ({ api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS' }),
  () => ({ api: 'Heartbeat', error: 'UNKNOWN_MEMBER_ID' }),
  () => ({ api: 'Heartbeat', error: 'ILLEGAL_GENERATION' }),
  () => ({ api: 'Heartbeat', error: 'NOT_COORDINATOR' }),
  () => ({ api: 'Heartbeat', error: GROUP_AUTHORIZATION_FAILED }),
  () => ({ api: 'OffsetCommit', error: 'COORDINATOR_LOAD_IN_PROGRESS' }),
  () => ({ api: 'OffsetCommit', error: 'REBALANCE_IN_PROGRESS' }),
  () => ({ api: 'SyncGroup', error: 'REBALANCE_IN_PROGRESS' }),
  () => ({ api: 'Produce', topic: 'a.g-dlt', error: 'NOT_LEADER_OR_FOLLOWER' }),
];

/** One of them. */
export function mishap(random: Random): FaultOptions {
  const make = MISHAPS[random.integer(0, MISHAPS.length - 1)];
  if (make === undefined) throw new RangeError('there is no such mishap');
  return { ...make(random), times: random.integer(1, 4) };
}
