import fc from 'fast-check';
import { VirtualCluster } from './virtual_cluster.js';
import { type VirtualMember } from './virtual_member.js';

const PROTOCOLS = ['sticky', 'range', 'roundrobin'];

const who = fc.nat({ max: 15 });
const instance = fc.constantFrom('a', 'b', 'c');
/** Everyone knows range, at a place of its own in the order of preference. */
const protocols = fc
  .subarray(PROTOCOLS, { minLength: 1 })
  .chain((known) => fc.shuffledSubarray([...new Set([...known, 'range'])], { minLength: known.length }))
  .map((known) => (known.includes('range') ? known : [...known, 'range']));

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 120 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 900 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('start' as const),
      instanceId: fc.option(instance),
      requireKnownMemberId: fc.boolean(),
      protocols,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rejoin' as const), who, changed: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('freeze' as const), who, ms: fc.nat({ max: 1_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), instance }) },
);

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/**
 * Random members that join, sync, send heartbeats and commits, restart, freeze, crash and leave in any order against
 * one coordinator, in virtual time and with varying latency. Throughout, one generation's assignment is live, whole
 * and without two owners of a partition; no member that behaves is thrown out; only the leader sees the members. After
 * the storm all that are alive, and nobody else, are in one Stable generation, and every request has been answered.
 *
 * @param runs number of random storms
 * @param seed repeats the storms of a run that printed it
 */
export async function coordinatorProperty(runs: number, seed?: number): Promise<void> {
  const storm = fc.asyncProperty(
    fc.array(event, { minLength: 1, maxLength: 40, size: 'max' }),
    fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 7 }),
    async (events, latencies) => {
      const cluster = new VirtualCluster(latencies);
      for (const [i, e] of events.entries()) {
        play(cluster, e, i);
        await cluster.advance(e.kind === 'wait' ? e.ms : 0);
      }
      await cluster.calmDown();
    },
  );
  await fc.assert(storm, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

function play(cluster: VirtualCluster, e: Event, index: number): void {
  switch (e.kind) {
    case 'wait':
      return;
    case 'start':
      cluster.start({ ...e, name: `member-${index}` });
      return;
    case 'rejoin':
      pick(cluster, e.who)?.rejoin(e.changed);
      return;
    case 'freeze':
      pick(cluster, e.who)?.freeze(e.ms);
      return;
    case 'crash':
      pick(cluster, e.who)?.crash();
      return;
    case 'leave':
      pick(cluster, e.who)?.leave();
      return;
    case 'remove':
      cluster.removeInstance(e.instance);
  }
}

function pick(cluster: VirtualCluster, index: number): VirtualMember | undefined {
  const alive = cluster.members.filter((member) => member.alive);
  return alive[index % alive.length];
}
