import { expect } from 'chai';
import {
  DriverError,
  type DriverAdmin,
  type TopicConfig,
  type TopicSpec,
} from '../../../../pkg/kafka/driver.js';
import { ensureFailureTopics } from '../../../../pkg/kafka/failures/provisioning.js';
import { rejection } from './fakes.js';

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
  const limited = (value: string) => async () => [{ name: 'max.message.bytes', value, own: true }];

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
    const error = await rejection(createdWith(() => Promise.reject(new DriverError('unreachable', 'gone'))));
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
});
