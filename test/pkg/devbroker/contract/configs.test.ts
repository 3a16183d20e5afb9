import { expect } from 'chai';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { Administrator, BROKER, TOPIC } from './administrator.js';
import { Key } from '../net/requests.js';

const SET = 0;
const DELETE = 1;
const APPEND = 2;
const SUBTRACT = 3;

/** The protocol's numbers of setting types that are used here. */
const LONG = 5;
const LIST = 7;

describe('settings of topics, in the protocol', function () {
  this.timeout(30_000);
  let admin: Administrator;

  before(async () => {
    admin = await Administrator.connect();
  });

  after(() => {
    admin.close();
  });

  /** Waits until the topic's own settings are these: an answer may come before the change is everywhere. */
  async function untilOwnConfigs(topic: string, expected: Record<string, string>): Promise<void> {
    let found: Record<string, string | null> = {};
    await eventually(
      async () => {
        found = await admin.ownConfigs(topic);
        expect(found).to.deep.equal(expected);
        return true;
      },
      {
        what: () => `own settings ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`,
        timeoutMs: 5000,
      },
    );
  }

  it('are described with value, source, type and what they are taken from', async () => {
    const topic = await admin.topic({ configs: [{ name: 'retention.ms', value: '60000' }] });
    const { errorCode, configs } = await admin.describe(topic, {
      keys: ['retention.ms', 'retention.bytes', 'cleanup.policy'],
    });
    expect(errorCode).to.equal(0);
    const byName = Object.fromEntries(configs.map((config) => [config.name, config]));
    expect(byName['retention.ms']).to.deep.include({
      value: '60000',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
      configType: LONG,
    });
    expect(byName['retention.ms']?.synonyms[0]).to.deep.equal({
      name: 'retention.ms',
      value: '60000',
      source: 1,
    });
    expect(byName['retention.bytes']).to.deep.include({ value: '-1', configSource: 5, configType: LONG });
    expect(byName['retention.bytes']?.synonyms).to.deep.equal([
      { name: 'log.retention.bytes', value: '-1', source: 5 },
    ]);
    expect(byName['cleanup.policy']).to.deep.include({ value: 'delete', configType: LIST });
  });

  it('are all described when no names are given, with the defaults of Apache Kafka', async () => {
    const { configs } = await admin.describe(await admin.topic());
    const values = Object.fromEntries(configs.map(({ name, value }) => [name, value]));
    expect(values).to.include({
      'cleanup.policy': 'delete',
      'compression.type': 'producer',
      'delete.retention.ms': '86400000',
      'flush.messages': '9223372036854775807',
      'max.compaction.lag.ms': '9223372036854775807',
      'max.message.bytes': '1048588',
      'message.timestamp.type': 'CreateTime',
      'min.cleanable.dirty.ratio': '0.5',
      'min.compaction.lag.ms': '0',
      'min.insync.replicas': '1',
      'retention.bytes': '-1',
      'retention.ms': '604800000',
      'segment.bytes': '1073741824',
      'segment.index.bytes': '10485760',
      'segment.ms': '604800000',
      preallocate: 'false',
    });
  });

  it('are left out of the description when their names are unknown', async () => {
    const { errorCode, configs } = await admin.describe(await admin.topic(), { keys: ['no.such'] });
    expect([errorCode, configs]).to.deep.equal([0, []]);
  });

  it('are described with synonyms only when asked', async () => {
    const request = {
      resources: [
        { resourceType: TOPIC, resourceName: await admin.topic(), configurationKeys: ['retention.ms'] },
      ],
      includeSynonyms: false,
      includeDocumentation: false,
    };
    const answer = (await admin.client.ask(Key.DescribeConfigs, 1, request)) as {
      results: { configs: { synonyms: unknown[] }[] }[];
    };
    expect(answer.results[0]?.configs[0]?.synonyms).to.deep.equal([]);
  });

  it('are not described of a topic that does not exist', async () => {
    const { errorCode } = await admin.describe(uniqueName('none'));
    expect(errorCode).to.equal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });

  it('are replaced as a whole by AlterConfigs', async () => {
    const topic = await admin.topic({ configs: [{ name: 'retention.ms', value: '60000' }] });
    expect(await admin.alter(topic, { 'segment.ms': '1000' })).to.include({ errorCode: 0 });
    await untilOwnConfigs(topic, { 'segment.ms': '1000' });
    expect(await admin.alter(topic, {})).to.include({ errorCode: 0 });
    await untilOwnConfigs(topic, {});
  });

  it('are set and deleted one by one by IncrementalAlterConfigs', async () => {
    const topic = await admin.topic({ configs: [{ name: 'retention.ms', value: '60000' }] });
    const changed = await admin.alterIncrementally(topic, [
      { name: 'segment.ms', configOperation: SET, value: '1000' },
      { name: 'retention.ms', configOperation: DELETE, value: null },
    ]);
    expect(changed).to.include({ errorCode: 0 });
    await untilOwnConfigs(topic, { 'segment.ms': '1000' });
  });

  it('that are lists get and lose elements', async () => {
    const topic = await admin.topic();
    const policy = (configOperation: number, value: string) =>
      admin.alterIncrementally(topic, [{ name: 'cleanup.policy', configOperation, value }]);
    expect(await policy(APPEND, 'compact')).to.include({ errorCode: 0 });
    await untilOwnConfigs(topic, { 'cleanup.policy': 'delete,compact' });
    expect(await policy(SUBTRACT, 'delete')).to.include({ errorCode: 0 });
    await untilOwnConfigs(topic, { 'cleanup.policy': 'compact' });
    // What is there is not added again, and what is not there cannot go.
    expect(await policy(APPEND, 'compact')).to.include({ errorCode: 0 });
    expect(await policy(SUBTRACT, 'delete')).to.include({ errorCode: 0 });
    await untilOwnConfigs(topic, { 'cleanup.policy': 'compact' });
  });

  it('stay as they are when the change is only checked', async () => {
    const topic = await admin.topic();
    expect(await admin.alter(topic, { 'segment.ms': '1000' }, { validateOnly: true })).to.include({
      errorCode: 0,
    });
    expect(await admin.ownConfigs(topic)).to.deep.equal({});
  });

  const badValues: Record<string, string> = {
    'cleanup.policy': 'forget',
    'compression.type': 'brotli',
    'max.compaction.lag.ms': '0',
    'max.message.bytes': '-1',
    'message.timestamp.type': 'createtime',
    'min.cleanable.dirty.ratio': '1.5',
    'min.insync.replicas': '0',
    'retention.ms': '-2',
    'segment.bytes': '1000',
    'segment.ms': '0',
    preallocate: 'perhaps',
    'no.such': '1',
  };
  for (const [name, value] of Object.entries(badValues)) {
    it(`are not changed at all when ${name} is to be ${value}`, async () => {
      const topic = await admin.topic();
      const wished = { 'retention.bytes': '5', [name]: value };
      const replaced = await admin.alter(topic, wished);
      expect(replaced.errorCode).to.equal(ErrorCode.INVALID_CONFIG);
      expect(replaced.errorMessage).to.contain(name);
      const incremental = await admin.alterIncrementally(
        topic,
        Object.entries(wished).map(([key, one]) => ({ name: key, configOperation: SET, value: one })),
      );
      expect(incremental.errorCode).to.equal(ErrorCode.INVALID_CONFIG);
      expect(await admin.ownConfigs(topic)).to.deep.equal({});
    });
  }

  it('do not allow compaction to be due before it is allowed', async () => {
    const lags = { 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' };
    const { errorCode } = await admin.alter(await admin.topic(), lags);
    expect(errorCode).to.equal(ErrorCode.INVALID_CONFIG);
  });

  it('are not changed without a value, twice at once, or as lists when they are none', async () => {
    const topic = await admin.topic();
    const setting = (name: string, configOperation: number, value: string | null) => ({
      name,
      configOperation,
      value,
    });
    const refusals = [
      [[setting('retention.ms', SET, null)], ErrorCode.INVALID_REQUEST],
      [[setting('retention.ms', SET, '1'), setting('retention.ms', SET, '2')], ErrorCode.INVALID_REQUEST],
      [[setting('retention.ms', APPEND, '1')], ErrorCode.INVALID_CONFIG],
    ] as const;
    for (const [configs, code] of refusals) {
      const { errorCode } = await admin.alterIncrementally(topic, [...configs]);
      expect(errorCode, JSON.stringify(configs)).to.equal(code);
    }
    expect((await admin.alter(topic, { 'retention.ms': null })).errorCode).to.equal(
      ErrorCode.INVALID_REQUEST,
    );
    expect(await admin.ownConfigs(topic)).to.deep.equal({});
  });

  it('are not changed of a topic that does not exist', async () => {
    const { errorCode } = await admin.alter(uniqueName('none'), {});
    expect(errorCode).to.equal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });

  it('apply to the next batch', async () => {
    const topic = await admin.topic();
    expect(await admin.produce(topic, { size: 2000 })).to.include({ errorCode: 0 });
    await admin.alterIncrementally(topic, [
      { name: 'max.message.bytes', configOperation: SET, value: '1000' },
    ]);
    await eventually(
      async () => (await admin.produce(topic, { size: 2000 })).errorCode === ErrorCode.MESSAGE_TOO_LARGE,
    );
  });
});

describe('settings of nodes, in the protocol', function () {
  this.timeout(30_000);
  let admin: Administrator;
  let nodeId: string;

  before(async () => {
    admin = await Administrator.connect();
    const metadata = (await admin.client.ask(Key.Metadata, 1, { topics: [] })) as { controllerId: number };
    nodeId = String(metadata.controllerId);
  });

  after(() => {
    admin.close();
  });

  it('are described', async () => {
    const keys = ['node.id', 'num.partitions', 'message.max.bytes', 'log.retention.bytes'];
    const { errorCode, configs } = await admin.describe(nodeId, { keys, type: BROKER });
    expect(errorCode).to.equal(0);
    expect(Object.fromEntries(configs.map(({ name, value }) => [name, value]))).to.deep.equal({
      'node.id': nodeId,
      'num.partitions': '1',
      'message.max.bytes': '1048588',
      'log.retention.bytes': '-1',
    });
    const node = configs.find(({ name }) => name === 'node.id');
    expect(node).to.include({ readOnly: true, configSource: 4 });
  });

  it('are none that hold for all nodes', async () => {
    const { errorCode, configs } = await admin.describe('', { keys: ['num.partitions'], type: BROKER });
    expect([errorCode, configs]).to.deep.equal([0, []]);
  });

  it('are described by the node itself only', async () => {
    for (const name of ['777', 'one']) {
      const { errorCode } = await admin.describe(name, { type: BROKER });
      expect(errorCode, name).to.equal(ErrorCode.INVALID_REQUEST);
    }
  });

  it('cannot be changed where they are fixed at the start', async () => {
    const { errorCode } = await admin.alterIncrementally(
      nodeId,
      [{ name: 'num.partitions', configOperation: SET, value: '2' }],
      { type: BROKER },
    );
    expect(errorCode).to.equal(ErrorCode.INVALID_REQUEST);
  });

  it('are known of topics and nodes only', async () => {
    expect((await admin.describe('x', { type: 99 })).errorCode).to.equal(ErrorCode.INVALID_REQUEST);
    expect((await admin.alter('x', {}, { type: 99 })).errorCode).to.equal(ErrorCode.INVALID_REQUEST);
  });
});
