import { eventually } from '../../../support/eventually.js';
import { TwoNodes } from './two_nodes.js';

const SEND_EVERY_MS = 20;

/**
 * Takes the leader of one partition away, sends at a steady pace to the others, and waits until all of that is
 * handled before the partition has a leader again.
 */
export async function latenciesWithoutLeader(forMs: number): Promise<{
  /** The milliseconds from the call that sent a message to its handling, one for each that was handled. */
  latencies: number[];
  /** How many were sent. */
  sent: number;
  /** Whether what was sent to the partition itself was handled before it had a leader again. */
  early: boolean;
  /** Whether it was afterwards. */
  late: boolean;
}> {
  const nodes = await TwoNodes.start();
  try {
    const sentAt = new Map<string, number>();
    const latencies: number[] = [];
    let late = false;
    const manager = await nodes.consumer(async ({ value }) => {
      const at = sentAt.get(String(value));
      if (at === undefined) late ||= String(value) === 'late';
      else latencies.push(performance.now() - at);
    });
    for (const partition of [0, 1, 2, 3]) await manager.sendMessage('t', 'k', 'begin', { partition });

    const where = { topic: 't', partition: 0, times: Infinity };
    for (const api of ['Produce', 'Fetch', 'ListOffsets']) {
      nodes.broker.faults.add({ ...where, api, error: 'NOT_LEADER_OR_FOLLOWER' });
    }
    nodes.broker.faults.add({ ...where, api: 'Metadata', error: 'LEADER_NOT_AVAILABLE' });
    const waiting = manager.sendMessage('t', 'k', 'late', { partition: 0 });
    const until = performance.now() + forMs;
    const sending: Promise<unknown>[] = [];
    for (let i = 0; performance.now() < until; i += 1) {
      const value = `v${i}`;
      sentAt.set(value, performance.now());
      sending.push(manager.sendMessage('t', 'k', value, { partition: 1 + (i % 3) }));
      await new Promise((resolve) => setTimeout(resolve, SEND_EVERY_MS));
    }
    await Promise.all(sending);
    await eventually(() => latencies.length >= sentAt.size);
    const early = late;
    nodes.broker.faults.clear();
    await waiting;
    await eventually(() => late);
    return { latencies, sent: sentAt.size, early, late };
  } finally {
    await nodes.stop();
  }
}
