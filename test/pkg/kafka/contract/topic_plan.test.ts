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
  const apply = async (wanted: TopicSpec, options: { mayDelete?: boolean; mayReset?: boolean } = {}) =>
    (await applyTopics(driver, [wanted], options))[0];

  it('drift names what is missing, apply makes it, then nothing differs and nothing is changed', async () => {
    expect(await drift(spec)).to.deep.include({ missing: true });
    expect(await apply(spec)).to.deep.include({ created: true });
    expect(await drift(spec)).to.deep.equal({ topic: spec.topic, missing: false, differences: [] });
    expect(await apply(spec)).to.deep.equal({ topic: spec.topic, created: false, changed: [], left: [] });
  });

  it('drift changes nothing; apply adds partitions and changes settings', async () => {
    await apply(spec);
    const admin = await openAdmin();
    await admin.alterTopicConfigs(spec.topic, { 'max.message.bytes': '1000' });
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
  });

  it('a setting that somebody put on the topic is a difference; apply leaves it until told to reset it', async () => {
    await apply(spec);
    const admin = await openAdmin();
    const tried = { 'max.message.bytes': '100', 'message.timestamp.type': 'LogAppendTime' };
    await admin.alterTopicConfigs(spec.topic, tried);
    const why = 'stays unless told otherwise';
    const left = [
      { what: 'max.message.bytes', wanted: '1048588', actual: '100', unasked: true, why },
      { what: 'message.timestamp.type', wanted: 'CreateTime', actual: 'LogAppendTime', unasked: true, why },
    ];
    expect((await drift(spec))?.differences).to.have.deep.members(left);

    const cautious = await apply(spec);
    expect(cautious?.changed).to.deep.equal([]);
    expect(cautious?.left).to.have.deep.members(left);
    expect((await admin.describeTopic(spec.topic)).configs).to.include(tried);
    expect((await admin.ensureTopics([spec]))[0]?.differences).to.deep.equal([]);

    const told = await apply(spec, { mayReset: true });
    expect(told?.changed.map(({ what }) => what)).to.have.members(Object.keys(tried));
    expect(told?.left).to.deep.equal([]);
    expect((await admin.describeTopic(spec.topic)).configs).to.have.all.keys(Object.keys(spec.configs ?? {}));
    expect((await drift(spec))?.differences).to.deep.equal([]);
  });

  it('what copies are in sync bounds min.insync.replicas: sends are not refused after apply', async () => {
    const single = {
      ...spec,
      replicationFactor: 1,
      configs: { ...spec.configs, 'min.insync.replicas': '1' },
    };
    await apply(single);
    const asking = { ...single, configs: { ...spec.configs, 'min.insync.replicas': '2' } };
    expect((await apply(asking))?.left.map(({ what, why }) => `${what}: ${why}`)).to.deep.equal([
      'min.insync.replicas: messages would be refused, with 1 copy in sync',
    ]);
    expect((await drift(single))?.differences).to.deep.equal([]);
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
    expect((await apply(shorter, { mayDelete: true }))?.left).to.deep.equal([]);
    expect((await drift(shorter))?.differences).to.deep.equal([]);
    // Keeping more is no risk.
    expect(
      (await apply({ ...shorter, configs: { ...shorter.configs, 'retention.ms': '-1' } }))?.left,
    ).to.deep.equal([]);
  });

  it('partitions are not taken away, and copies are not moved: both are said', async () => {
    await apply(spec);
    const fewer = await apply({ ...spec, partitions: 1, replicationFactor: 2 }, { mayDelete: true });
    expect(fewer?.changed).to.deep.equal([]);
    expect(fewer?.left.map(({ why }) => why)).to.deep.equal([
      'Kafka takes no partition away',
      'copies are moved by kafka-reassign-partitions',
    ]);
  });
});
