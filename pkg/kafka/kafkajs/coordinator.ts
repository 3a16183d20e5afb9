import { setTimeout } from 'node:timers/promises';
import type { Broker, Cluster } from 'kafkajs';
import { withTimeout } from '../async.js';

/** What kafkajs asks of a group's coordinator while it is a member; its types leave these out. */
const CALLS = ['joinGroup', 'syncGroup', 'leaveGroup', 'heartbeat', 'offsetCommit', 'offsetFetch'] as const;
/** Calls that may be made again elsewhere without changing what they do. */
const REPEATABLE: ReadonlySet<string> = new Set<(typeof CALLS)[number]>([
  'heartbeat',
  'offsetCommit',
  'offsetFetch',
]);

/** Errors after which another node may coordinate the group, by their name or the protocol's. */
const MOVED = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'NoAnswer',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);

/** Milliseconds for a coordinator to answer, which does so at once unless it hangs. */
const ANSWER_MS = 10_000;
/** Milliseconds for which a group may be on its way from one node to another. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;
/** The protocol's number for coordinators of groups. */
const GROUP = 0;

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor() {
    super(`the coordinator of the group did not answer within ${ANSWER_MS} ms`);
  }
}

type Call = (request: unknown) => Promise<unknown>;
interface CoordinatorFinder {
  findGroupCoordinator(request: { groupId: string; coordinatorType: number }): Promise<unknown>;
}
type CoordinatorCalls = Readonly<Record<(typeof CALLS)[number], Call>>;

/**
 * A group's coordinator, wherever it is. kafkajs looks for it when it joins and keeps to that node: when the
 * node is gone for good it goes on fetching, and neither commits nor shows a sign of life any more. Here the
 * node that coordinates now is looked for after each failure that says that it may be another one; the
 * membership goes on, since the group's state moves with it. While it moves, calls wait: told that the node is
 * the wrong one, kafkajs would have the whole group come together again.
 *
 * @param find finds the node, as kafkajs does, retrying for a while
 */
export function movingCoordinator(first: Broker, find: () => Promise<Broker>): Broker {
  let current: Broker | undefined = first;
  let finding: Promise<Broker> | undefined;

  const node = async (): Promise<Broker> => {
    if (current !== undefined) return current;
    finding ??= find().finally(() => {
      finding = undefined;
    });
    current = await finding;
    return current;
  };
  const callOn = (broker: Broker, name: (typeof CALLS)[number], request: unknown): Promise<unknown> =>
    (broker as unknown as CoordinatorCalls)[name](request);

  const attempt = async (name: (typeof CALLS)[number], request: unknown): Promise<unknown> => {
    const asked = await node();
    try {
      const answer = callOn(asked, name, request);
      return await (REPEATABLE.has(name) ? withTimeout(answer, ANSWER_MS, () => new NoAnswer()) : answer);
    } catch (error) {
      // Another call may have found the new one already.
      if (saysMoved(error) && current === asked) current = undefined;
      throw error;
    }
  };
  const call = async (name: (typeof CALLS)[number], request: unknown): Promise<unknown> => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await attempt(name, request);
      } catch (error) {
        const passes = saysMoved(error) && REPEATABLE.has(name);
        if (!passes || performance.now() > deadline) throw error;
        await setTimeout(PAUSE_MS);
      }
    }
  };
  const calls = Object.fromEntries(CALLS.map((name) => [name, (request: unknown) => call(name, request)]));
  return { ...calls, isConnected: () => true } as unknown as Broker;
}

/** Makes the coordinators that kafkajs finds for this client follow their groups. */
export function followCoordinators(cluster: Cluster, beforeJoin: () => Promise<void>): void {
  const findOrNone = cluster.findGroupCoordinator.bind(cluster);
  const find = async (group: { groupId: string }): Promise<Broker> => {
    try {
      return await findOrNone(group);
    } catch (error) {
      throw (await refusalOf(cluster, group)) ?? error;
    }
  };
  cluster.findGroupCoordinator = async (group) => {
    await beforeJoin();
    return movingCoordinator(await find(group), () => find(group));
  };
}

/**
 * The right that is missing where no coordinator was found: kafkajs keeps to itself what the nodes answered, which
 * is the same from all of them. Undefined where that is not why.
 */
async function refusalOf(cluster: Cluster, { groupId }: { groupId: string }): Promise<Error | undefined> {
  try {
    const node = (await cluster.findControllerBroker()) as unknown as CoordinatorFinder;
    await node.findGroupCoordinator({ groupId, coordinatorType: GROUP });
    return undefined;
  } catch (error) {
    const { type } = error as { type?: string };
    return error instanceof Error && type === 'GROUP_AUTHORIZATION_FAILED' ? error : undefined;
  }
}

function saysMoved(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return MOVED.has(error.name) || MOVED.has((error as { type?: string }).type ?? '');
}
