import { expect } from 'chai';
import {
  DriverError,
  type DriverAdmin,
  type TopicConfig,
  type TopicSpec,
} from '../../../../pkg/kafka/driver.js';
import { ensureFailureTopics } from '../../../../pkg/kafka/failures/provisioning.js';
import { startError } from '../../../../pkg/kafka/consumer/start_error.js';
import { RightMissing } from '../../../../pkg/kafka/errors.js';
import { cleanField } from '../../../../pkg/logger/clean.js';
import { rejection } from '../../../support/caught.js';

describe('ensureFailureTopics', () => {
  const needed = [{ source: 'orders', topics: ['orders.g-dlt'] }];
  const layout = { replicationFactor: 3, configs: { 'min.insync.replicas': '2' } };
  const group = { groupId: 'g', provision: true, layout };

  async function createdWith(topicConfigs: () => Promise<TopicConfig[]>): Promise<TopicSpec[]> {
    const created: TopicSpec[] = [];
    const admin: Partial<DriverAdmin> = {
      partitionCount: async (topic) => {
        if (topic === 'orders') return 4;
        throw new DriverError('unknown-topic', 'no such topic');
      },
      createTopic: async (spec) => created.push(spec) > 0,
      topicConfigs,
    };
    await ensureFailureTopics(admin as DriverAdmin, needed, group);
    return created;
  }
  const limitOf = (specs: readonly TopicSpec[]) => Number(specs[0]?.configs?.['max.message.bytes']);
  const limited = (value: string) => async () => [
    { name: 'max.message.bytes', value, own: true, inherited: null },
  ];

  it('gives dead letters room for the largest message of their source, and its error', async () => {
    expect(limitOf(await createdWith(limited('8000000')))).to.be.greaterThan(8_000_000 + 16_384);
    expect(limitOf(await createdWith(limited('1000')))).to.equal(2_097_152);
  });

  it('gives them the copies that were asked for', async () => {
    const [spec] = await createdWith(limited('1000'));
    expect(spec).to.include({ partitions: 4, replicationFactor: 3 });
    expect(spec?.configs).to.include({ 'min.insync.replicas': '2', 'retention.ms': '2592000000' });
  });

  it('does without the limit of the source where it may not ask for it, and fails where it gets no answer', async () => {
    const refused = () => Promise.reject(new DriverError('refused', 'not authorized'));
    expect(limitOf(await createdWith(refused))).to.equal(2_097_152);
    const error = await rejection(
      createdWith(() => Promise.reject(new DriverError('unreachable', 'gone'))),
      DriverError,
    );
    expect(error).to.include({ reason: 'unreachable', topic: 'orders.g-dlt' });
  });

  it('asks again where a node does not know the source yet, which was just created', async () => {
    let strangers = 2;
    const spreading = async () => {
      if ((strangers -= 1) >= 0) throw new DriverError('unknown-topic', 'no such topic');
      return limited('8000000')();
    };
    expect(limitOf(await createdWith(spreading))).to.be.greaterThan(8_000_000);
  });

  it('names in one line every topic that this client may not see, also where others are missing', async () => {
    const admin: Partial<DriverAdmin> = {
      partitionCount: async (topic) => {
        if (topic === 'orders') return 4;
        if (topic === 'orders.g-retry-0') throw new DriverError('unknown-topic', 'no such topic');
        const refusal = { protocolError: 'TOPIC_AUTHORIZATION_FAILED' };
        throw new DriverError('refused', 'this client lacks a right on the topic', refusal);
      },
    };
    const wanted = [
      { source: 'orders', topics: ['orders.g-dlt', 'orders.g-retry-0'] },
      { source: 'hidden', topics: ['hidden.g-dlt'] },
    ];
    for (const provision of [true, false]) {
      const starting = ensureFailureTopics(admin as DriverAdmin, wanted, { groupId: 'g', provision });
      const error = await rejection(starting, RightMissing);
      expect(error.message).to.match(
        /^This client lacks DESCRIBE on topic orders\.g-dlt, hidden, hidden\.g-dlt, for group g: grant /,
      );
      expect(startError(error, 'g', ['a:9092'])).to.equal(error);
      expect(cleanField('error', error)).to.have.nested.property('parts.stack', '');
      expect(cleanField('error', error)).to.not.have.nested.property('parts.cause');
    }
  });
});

describe('why a group could not start', () => {
  const refusal = (protocolError: string, topic?: string) =>
    startError(
      new DriverError('refused', 'no', { protocolError, ...(topic === undefined ? {} : { topic }) }),
      'g',
      ['a:9092'],
    );

  it('names the right that is missing on its group', () => {
    const error = refusal('GROUP_AUTHORIZATION_FAILED');
    expect(error).to.be.instanceOf(RightMissing);
    expect(error.message).to.equal(
      'This client lacks READ on group g: grant it to its user (GROUP_AUTHORIZATION_FAILED).',
    );
  });

  it('names the topic that could not be made, without a stack where a right is missing', () => {
    const error = refusal('TOPIC_AUTHORIZATION_FAILED', 'orders.g-dlt');
    expect(error.message).to.match(/^Topic orders\.g-dlt could not be created/);
    expect(error.stack).to.not.contain('\n');
    expect(refusal('INVALID_REPLICATION_FACTOR', 'orders.g-dlt').stack).to.contain('\n');
  });
});
