import { settlesWithin } from '../async.js';
import { restingIn } from './resting_partitions.js';
import {
  consumerGroupPrototype,
  protocolError,
  subscriptionStatePrototype,
  type ConsumerGroup,
  type SubscriptionState,
} from './internals.js';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
const REFRESH_TIMEOUT_MS = 1_000;

/** How often fetches from a node failed in a row, and since when. */
interface Failing {
  readonly count: number;
  readonly since: number;
}

/** Fetchers that wait, by what they wait for. */
const waiting = new WeakMap<SubscriptionState, Set<() => void>>();
const failing = new WeakMap<ConsumerGroup, Map<number, Failing>>();
/** When a node last answered a fetch, on the scale of performance.now(). */
const answeredAt = new WeakMap<ConsumerGroup, number>();
const refreshing = new WeakSet<ConsumerGroup>();
/** Those whose last attempt to join failed. */
const unjoined = new WeakSet<ConsumerGroup>();
/** Of the protocol: makes kafkajs join. */
const REBALANCE_IN_PROGRESS = 27;
let applied = false;

/**
 * Changes how kafkajs 2.2.4 fetches:
 * - A partition that has no leader, or another one, is not asked for for a while; kafkajs loses the others of
 *   its fetch with it, over and over.
 * - Any other fetch that fails concerns its node alone, which is asked again after a pause. kafkajs ends the fetchers
 *   of all nodes, counts failures over its whole life, crashes on errors that pass, and lets the whole group
 *   rebalance when a partition moves to another node. The error counts once no node has answered for the session
 *   timeout.
 * - After a join that failed the member joins again. kafkajs goes on fetching as if nothing had happened:
 *   until its next heartbeat, or for ever when the broker had forgotten the member, since then it sends none.
 * - A resumed partition is fetched at once. kafkajs sleeps on when every partition of a node is paused.
 */
export function applyFetchPatch(): void {
  if (applied) return;
  applied = true;
  patchGroup(consumerGroupPrototype());
  patchState(subscriptionStatePrototype());
}

/** An error that is not the fetch's own, and must be seen by kafkajs. */
class ForClient extends Error {
  constructor(readonly error: unknown) {
    super('an error for the client');
  }
}

function patchGroup(prototype: ConsumerGroup): void {
  const { fetch, recoverFromFetch, joinAndSync, getActiveTopicPartitions } = prototype;

  prototype.joinAndSync = async function () {
    try {
      await joinAndSync.call(this);
      unjoined.delete(this);
    } catch (error) {
      unjoined.add(this);
      throw error;
    }
  };

  prototype.getActiveTopicPartitions = function () {
    const active = getActiveTopicPartitions.call(this);
    const resting = restingIn(this.cluster);
    for (const [topic, partitions] of Object.entries(active)) {
      for (const partition of partitions) {
        if (resting.includes({ topic, partition })) partitions.delete(partition);
      }
    }
    return active;
  };

  prototype.recoverFromFetch = async function (error) {
    if (!isDealtWith(error)) throw error;
    try {
      await recoverFromFetch.call(this, error);
    } catch (failure) {
      throw new ForClient(failure);
    }
  };

  prototype.fetch = async function (nodeId) {
    if (unjoined.has(this)) throw protocolError(REBALANCE_IN_PROGRESS);
    if (hasNothingToFetch(this, nodeId)) {
      await resumed(this.subscriptionState, this.maxWaitTime);
      return [];
    }
    try {
      const batches = await fetch.call(this, nodeId);
      failing.get(this)?.delete(nodeId);
      answeredAt.set(this, performance.now());
      return batches;
    } catch (error) {
      if (error instanceof ForClient) throw error.error;
      await waitOut(this, nodeId, error);
      return [];
    } finally {
      reportFailed(this);
    }
  };
}

/** What kafkajs itself has an answer to: partitions that were added, and positions that are gone. */
function isDealtWith({ name }: Error): boolean {
  return name === 'KafkaJSStaleTopicMetadataAssignment' || name === 'KafkaJSOffsetOutOfRange';
}

/** Goes on without the partitions for a while, and asks meanwhile who leads them. */
function reportFailed(group: ConsumerGroup): void {
  const failed = restingIn(group.cluster).takeFailed();
  if (failed.length === 0) return;
  const error = failed.map(({ topic, partition, reason }) => `${topic}/${partition}: ${reason}`).join('; ');
  const level = failed.some(({ lasting }) => lasting) ? 'error' : 'warn';
  group.logger[level]('partitions could not be fetched; they are asked for again later', { error });
  if (refreshing.has(group) || failed.every(({ lasting }) => lasting)) return;
  refreshing.add(group);
  const end = () => refreshing.delete(group);
  // While one has no leader this fails after many attempts; the next fetch that fails begins anew.
  group.cluster.refreshMetadata().then(end, end);
}

/** Waits before the node is asked again, with fresh metadata. @throws the error, when no other node answers */
async function waitOut(group: ConsumerGroup, nodeId: number, error: unknown): Promise<void> {
  const failures = failing.get(group) ?? new Map<number, Failing>();
  failing.set(group, failures);
  const now = performance.now();
  const { count, since } = failures.get(nodeId) ?? { count: 0, since: now };
  if (now - Math.max(since, answeredAt.get(group) ?? -Infinity) > group.sessionTimeout) throw error;
  failures.set(nodeId, { count: count + 1, since });
  const delayMs = Math.min(FIRST_WAIT_MS * 2 ** count, LONGEST_WAIT_MS);
  const text = String(error);
  group.logger.warn('a fetch failed; the node is asked again', { nodeId, delayMs, error: text });
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  // One partition without a leader can hold a refresh up; the others of the node need not wait for it.
  await settlesWithin(group.cluster.refreshMetadata(), REFRESH_TIMEOUT_MS);
}

function patchState(prototype: SubscriptionState): void {
  const { resume, assign } = prototype;
  prototype.resume = function (topicPartitions) {
    resume.call(this, topicPartitions);
    wake(this);
  };
  prototype.assign = function (topicPartitions) {
    assign.call(this, topicPartitions);
    wake(this);
  };
}

/** All partitions of the node are paused, or it leads none of this member's. */
function hasNothingToFetch(group: ConsumerGroup, nodeId: number): boolean {
  try {
    const active = group.filterPartitionsByNode(nodeId, group.subscriptionState.active());
    const resting = restingIn(group.cluster);
    return active.every(({ topic, partitions }) =>
      partitions.every((partition) => resting.includes({ topic, partition })),
    );
  } catch {
    // The metadata are not known well enough: kafkajs's own fetch finds that too, and deals with it.
    return false;
  }
}

/** Resolves when something is resumed or assigned, or after so many milliseconds. */
function resumed(state: SubscriptionState, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const waiters = waiting.get(state) ?? new Set();
    waiting.set(state, waiters);
    const end = () => {
      clearTimeout(timer);
      waiters.delete(end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    waiters.add(end);
  });
}

function wake(state: SubscriptionState): void {
  for (const end of waiting.get(state) ?? []) end();
}
