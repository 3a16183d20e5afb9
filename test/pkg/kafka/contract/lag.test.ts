import { expect } from 'chai';
import {
  ConsumerMetrics,
  GroupPositions,
  InfrastructureError,
  type KafkaManager,
} from '../../../../pkg/kafka/index.js';
import { Metrics } from '../../../../pkg/telemetry/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, consume, Inbox, newTopic, numbered, openAdmin } from './harness.js';

/** The values of a metric by partition. */
function valuesOf(text: string, name: string, topic: string): Record<string, number> {
  const found = text.matchAll(
    new RegExp(`^${name}\\{consumergroup="[^"]*",topic="${topic}",partition="(\\d+)"\\} (\\S+)$`, 'gm'),
  );
  return Object.fromEntries(
    Array.from(found, ([, partition, value]) => [String(partition), Number(value)] as const),
  );
}

describe('kafka contract: the metric of lag', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  async function watched(manager: KafkaManager): Promise<Metrics> {
    const metrics = new Metrics();
    const positions = new GroupPositions(await openAdmin(), { maxAgeMs: 0, patienceMs: 10_000 });
    new ConsumerMetrics(metrics).watch(manager, positions);
    return metrics;
  }

  /** What the brokers say, in the terms of the metric. */
  async function told(groupId: string, topic: string) {
    const all = await (await openAdmin()).groupLag(groupId, [topic]);
    const of = (read: (one: (typeof all)[number]) => number) =>
      Object.fromEntries(all.map((one) => [String(one.partition), read(one)]));
    return {
      lag: of(({ lag }) => lag),
      committed: of(({ committed }) => Number(committed ?? -1)),
    };
  }

  it('grows while a partition waits for what its handler needs, although it is not fetched', async () => {
    const [topic, groupId] = [await newTopic(2), uniqueName('group')];
    const down = () => Promise.reject(new InfrastructureError('the translator is down'));
    const manager = await consume(topic, groupId, down, {
      replays: false,
      infrastructureBackoff: { initialMs: 20_000 },
    });
    const metrics = await watched(manager);
    const send = async (count: number) =>
      manager.sendMessages(numbered(count).map((value) => ({ topic, key: null, value, partition: 0 })));
    await send(1);
    await eventually(() =>
      manager.getStatus().consumers[0]?.partitions.some(({ holds }) => holds.includes('infrastructure')),
    );
    await send(24);
    const { lag } = await told(groupId, topic);
    expect(lag).to.deep.equal({ 0: 25, 1: 0 });
    expect(valuesOf(await metrics.render(), 'kafka_consumergroup_lag', topic)).to.deep.equal(lag);
  });

  it('and the committed position are known of partitions in which nothing comes after a restart', async () => {
    const [topic, groupId] = [await newTopic(2), uniqueName('group')];
    const inbox = new Inbox();
    const first = await consume(topic, groupId, inbox.handler, { replays: false });
    await first.sendMessages(numbered(8).map((value) => ({ topic, key: null, value, partition: 0 })));
    await inbox.has(8);
    await first.close();

    const second = await consume(topic, groupId, inbox.handler, { replays: false });
    const text = await (await watched(second)).render();
    const { lag, committed } = await told(groupId, topic);
    expect(committed).to.deep.equal({ 0: 8, 1: -1 });
    expect(valuesOf(text, 'kafka_consumergroup_lag', topic)).to.deep.equal(lag);
    expect(valuesOf(text, 'kafka_consumergroup_current_offset', topic)).to.deep.equal(committed);
  });
});
