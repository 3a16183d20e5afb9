import { expect } from 'chai';
import { applyTopics, driftOf, type KafkaDriver, type TopicSpec } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { openAdmin, openDriver } from './harness.js';

describe('kafka contract: topics as code', function () {
  this.timeout(20_000);
  let driver: KafkaDriver;
  let spec: TopicSpec;

  beforeEach(async () => {
    driver = await openDriver();
    spec = {
      topic: uniqueName('plan'),
      partitions: 2,
      replicationFactor: -1,
      configs: { 'retention.ms': '-1', 'cleanup.policy': 'delete' },
    };
  });

  const drift = async (wanted: TopicSpec) => (await driftOf(driver, [wanted]))[0];
  const apply = async (wanted: TopicSpec, mayDelete = false) =>
    (await applyTopics(driver, [wanted], { mayDelete }))[0];

  it('drift names what is missing, apply makes it, then nothing differs and nothing is changed', async () => {
    expect(await drift(spec)).to.deep.include({ missing: true });
    expect(await apply(spec)).to.deep.include({ created: true });
    expect(await drift(spec)).to.deep.equal({ topic: spec.topic, missing: false, differences: [] });
    expect(await apply(spec)).to.deep.equal({ topic: spec.topic, created: false, changed: [], left: [] });
  });

  it('drift changes nothing; apply adds partitions and changes settings, and leaves others alone', async () => {
    await apply(spec);
    const admin = await openAdmin();
    await admin.alterTopicConfigs(spec.topic, { 'segment.ms': '600000', 'max.message.bytes': '1000' });
    const wanted = { ...spec, partitions: 4, configs: { ...spec.configs, 'max.message.bytes': '2000' } };
    const differences = [
      { what: 'partitions', wanted: '4', actual: '2' },
      { what: 'max.message.bytes', wanted: '2000', actual: '1000' },
    ];
    for (let round = 0; round < 2; round += 1) {
      expect((await drift(wanted))?.differences).to.deep.equal(differences);
    }
    expect((await apply(wanted))?.changed).to.deep.equal(differences);
    expect((await drift(wanted))?.differences).to.deep.equal([]);
    const { configs } = await admin.describeTopic(spec.topic);
    expect(configs).to.include({ 'segment.ms': '600000' });
  });

  it('what would make brokers delete messages is left until it is told', async () => {
    await apply(spec);
    const shorter = { ...spec, configs: { 'retention.ms': '60000', 'cleanup.policy': 'compact' } };
    const cautious = await apply(shorter);
    expect(cautious?.changed).to.deep.equal([]);
    expect(cautious?.left.map(({ what, why }) => `${what}: ${why}`)).to.have.members([
      'retention.ms: brokers would delete messages',
      'cleanup.policy: brokers would delete messages',
    ]);
    expect((await drift(spec))?.differences).to.deep.equal([]);
    expect((await apply(shorter, true))?.left).to.deep.equal([]);
    expect((await drift(shorter))?.differences).to.deep.equal([]);
    // Keeping more is no risk.
    expect((await apply({ ...spec, configs: { 'retention.ms': '-1' } }))?.left).to.deep.equal([]);
  });

  it('partitions are not taken away, and copies are not moved: both are said', async () => {
    await apply(spec);
    const fewer = await apply({ ...spec, partitions: 1, replicationFactor: 2 }, true);
    expect(fewer?.changed).to.deep.equal([]);
    expect(fewer?.left.map(({ why }) => why)).to.deep.equal([
      'Kafka takes no partition away',
      'copies are moved by kafka-reassign-partitions',
    ]);
  });
});
