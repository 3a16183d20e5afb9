import { expect } from 'chai';
import type { TopicDifference } from '../../../../pkg/kafka/admin/differences.js';
import type { ApplyOptions } from '../../../../pkg/kafka/admin/obstacles.js';
import { applyTopics, driftOf } from '../../../../pkg/kafka/admin/topic_plan.js';
import type { DriverAdmin, KafkaDriver, TopicConfig, TopicShape } from '../../../../pkg/kafka/driver.js';

type Changes = Readonly<Record<string, string | null>>;

const MIN_IN_SYNC = 'min.insync.replicas';
const spec = {
  topic: 't',
  partitions: 3,
  replicationFactor: 3,
  configs: { [MIN_IN_SYNC]: '2' },
};

/** A topic whose partitions have these replicas, and a broker that keeps what it is told to change. */
function broker(
  replicas: readonly (readonly number[])[],
  configs: readonly TopicConfig[],
  inSync = replicas,
) {
  const altered: Changes[] = [];
  const partitions: TopicShape['partitions'] = replicas.map((nodes, partition) => ({
    partition,
    leader: nodes[0],
    replicas: nodes,
    inSync: inSync[partition] ?? [],
  }));
  const admin: Partial<DriverAdmin> = {
    describeTopic: async (topic) => ({ topic, partitions }),
    topicConfigs: async () => [...configs],
    alterTopicConfigs: async (_topic, changes) => void altered.push(changes),
  };
  const driver = { brokers: ['localhost:9092'], admin } as unknown as KafkaDriver;
  return { driver, altered };
}

const own = (name: string, value: string, inherited: string | null = null): TopicConfig => ({
  name,
  value,
  own: true,
  inherited,
});
const ofBroker = (name: string, value: string): TopicConfig => ({
  name,
  value,
  own: false,
  inherited: value,
});
const EVERYWHERE = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
];
const SINGLE = [[1], [2], [3]];

describe('what a topic should be', () => {
  const differences = async (...topic: Parameters<typeof broker>): Promise<readonly TopicDifference[]> =>
    (await driftOf(broker(...topic).driver, [spec]))[0]?.differences ?? [];
  const copies = async (replicas: readonly (readonly number[])[]): Promise<string | undefined> =>
    (await differences(replicas, [own(MIN_IN_SYNC, '2')])).find(({ what }) => what === 'replicationFactor')
      ?.actual;

  it('counts the copies of every partition, and names those that have the fewest', async () => {
    expect(await copies(EVERYWHERE)).to.equal(undefined);
    expect(await copies(SINGLE)).to.equal('1');
    expect(await copies([[1, 2, 3], [1], [2]])).to.equal('1 in partitions 1, 2');
    expect(await copies([[1, 2, 3], [1, 2], [2]])).to.equal('1 in partition 2');
    expect(await copies([[1, 2, 3, 4], EVERYWHERE[1] ?? [], EVERYWHERE[2] ?? []])).to.equal(
      '4 in partition 0',
    );
  });

  it('includes that it has no settings of its own but those asked for', async () => {
    const configs = [
      own(MIN_IN_SYNC, '2'),
      own('max.message.bytes', '100', '1048588'),
      ofBroker('segment.ms', '60000'),
    ];
    const found = await differences(EVERYWHERE, configs);
    expect(found).to.deep.equal([
      {
        what: 'max.message.bytes',
        wanted: '1048588',
        actual: '100',
        unasked: true,
        why: 'stays unless told otherwise',
      },
    ]);
  });
});

describe('making a topic what it should be', () => {
  const apply = async ({ driver }: { driver: KafkaDriver }, options?: ApplyOptions) => {
    const [{ changed, left } = { changed: [], left: [] }] = await applyTopics(driver, [spec], options);
    return { changed: changed.map(({ what }) => what), left: left.map(({ what, why }) => `${what}: ${why}`) };
  };

  for (const [what, replicas, inSync] of [
    ['no partition has the copies', SINGLE, SINGLE],
    ['one partition does not have the copies', [[1, 2, 3], [2, 3, 1], [3]], undefined],
    ['the copies of one are not in sync yet', EVERYWHERE, [[1, 2, 3], [2, 3, 1], [3]]],
  ] as const) {
    it(`leaves ${MIN_IN_SYNC} while ${what}: messages would be refused`, async () => {
      const kafka = broker(replicas, [ofBroker(MIN_IN_SYNC, '1')], inSync);
      const { changed, left } = await apply(kafka);
      expect(changed).to.deep.equal([]);
      expect(kafka.altered).to.deep.equal([]);
      expect(left).to.include(`${MIN_IN_SYNC}: messages would be refused, with 1 copy in sync`);
    });
  }

  it(`sets ${MIN_IN_SYNC} once the copies are there, and lowers it at any time`, async () => {
    const complete = broker(EVERYWHERE, [ofBroker(MIN_IN_SYNC, '1')]);
    expect(await apply(complete)).to.deep.equal({ changed: [MIN_IN_SYNC], left: [] });
    expect(complete.altered).to.deep.equal([{ [MIN_IN_SYNC]: '2' }]);

    const single = broker(SINGLE, [own(MIN_IN_SYNC, '3')]);
    expect((await apply(single)).changed).to.deep.equal([MIN_IN_SYNC]);
  });

  it('gives settings that nobody asked for back to the broker only when told, and none of them to delete', async () => {
    const configs = [own(MIN_IN_SYNC, '2'), own('max.message.bytes', '100'), own('retention.ms', '-1')];
    const cautious = broker(EVERYWHERE, configs);
    expect(await apply(cautious)).to.deep.equal({
      changed: [],
      left: ['max.message.bytes: stays unless told otherwise', 'retention.ms: stays unless told otherwise'],
    });
    expect(cautious.altered).to.deep.equal([]);

    const told = broker(EVERYWHERE, configs);
    expect(await apply(told, { mayReset: true })).to.deep.equal({
      changed: ['max.message.bytes'],
      left: ['retention.ms: brokers would delete messages'],
    });
    expect(told.altered).to.deep.equal([{ 'max.message.bytes': null }]);

    const fully = broker(EVERYWHERE, configs);
    expect((await apply(fully, { mayReset: true, mayDelete: true })).left).to.deep.equal([]);
    expect(fully.altered).to.deep.equal([{ 'max.message.bytes': null, 'retention.ms': null }]);
  });

  it(`gives ${MIN_IN_SYNC} back to the broker only where its copies are enough for what the broker asks`, async () => {
    const unasked = async (value: string, inherited: string) => {
      const { driver, altered } = broker(SINGLE, [own(MIN_IN_SYNC, value, inherited)]);
      await applyTopics(driver, [{ ...spec, replicationFactor: 1, configs: {} }], { mayReset: true });
      return altered;
    };
    expect(await unasked('1', '2')).to.deep.equal([]);
    expect(await unasked('2', '1')).to.deep.equal([{ [MIN_IN_SYNC]: null }]);
  });
});
