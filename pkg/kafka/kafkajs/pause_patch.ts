import { createRequire } from 'node:module';

/** The one version whose internals the patch was written for. */
const PATCHED_VERSION = '2.2.4';

interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The part of kafkajs's subscription state that the patch touches. */
interface SubscriptionState {
  active(): readonly TopicPartitions[];
  resume: (this: SubscriptionState, topicPartitions: readonly TopicPartitions[]) => void;
  assign: (this: SubscriptionState, topicPartitions: readonly TopicPartitions[]) => void;
}

/** The part of kafkajs's consumer group that the patch touches. */
interface ConsumerGroup {
  readonly subscriptionState: SubscriptionState;
  readonly maxWaitTime: number;
  filterPartitionsByNode(
    nodeId: number,
    topicPartitions: readonly TopicPartitions[],
  ): readonly TopicPartitions[];
  fetch: (this: ConsumerGroup, nodeId: number) => Promise<unknown[]>;
}

/** Fetchers that wait, by what they wait for. */
const waiting = new WeakMap<SubscriptionState, Set<() => void>>();
let applied = false;

/**
 * Lets a resumed partition be fetched at once: when every partition of a node is paused, kafkajs 2.2.4
 * sleeps for the longest time that a fetch may wait, whatever is resumed meanwhile.
 *
 * @returns false, changing nothing, when another version of kafkajs is installed.
 */
export function applyPausePatch(): boolean {
  const load = createRequire(import.meta.url);
  const { version } = load('kafkajs/package.json') as { version: string };
  if (version !== PATCHED_VERSION) return false;
  if (applied) return true;
  applied = true;
  patchFetch((load('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }).prototype);
  patchState((load('kafkajs/src/consumer/subscriptionState') as { prototype: SubscriptionState }).prototype);
  return true;
}

function patchFetch(prototype: ConsumerGroup): void {
  const { fetch } = prototype;
  prototype.fetch = async function (nodeId) {
    if (!isPaused(this, nodeId)) return fetch.call(this, nodeId);
    await resumed(this.subscriptionState, this.maxWaitTime);
    return [];
  };
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

/** Whether there is nothing to be fetched from the node: all its partitions are paused, or it has none. */
function isPaused(group: ConsumerGroup, nodeId: number): boolean {
  try {
    const active = group.filterPartitionsByNode(nodeId, group.subscriptionState.active());
    return active.every(({ partitions }) => partitions.length === 0);
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
