import { expect } from 'chai';
import { deadLetterTopic, NonRetryableError } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, openAdmin, openManager, stored } from './harness.js';

describe('Dead letters of large messages', () => {
  afterEach(closeAll);

  const poison = () => Promise.reject(new NonRetryableError('never'));

  /** A message of 3 MB in a topic that allows it, whose handler fails. */
  async function fail(groupId: string): Promise<{ topic: string; health: () => readonly string[] }> {
    const topic = uniqueName('large');
    const configs = { 'max.message.bytes': '4000000' };
    const admin = await openAdmin();
    await admin.ensureTopics([{ topic, partitions: 1, replicationFactor: 1, configs }]);
    if (groupId === 'small') {
      await admin.ensureTopics([
        { topic: deadLetterTopic(topic, groupId), partitions: 1, replicationFactor: 1 },
      ]);
    }
    const manager = await openManager({ producer: { maxMessageBytes: 4_000_000 } });
    await manager.sendMessage(topic, null, Buffer.alloc(3_000_000));
    manager.addConsumer(topic, groupId, poison);
    await manager.startConsumer(topic);
    return { topic, health: () => manager.health().problems };
  }

  it('are as large as their topic allows', async () => {
    const { topic } = await fail('large');
    await eventually(async () => (await stored(deadLetterTopic(topic, 'large'))) === 1);
  });

  it('that a topic of dead letters does not take stop their partition, and the health names the setting', async () => {
    const { health } = await fail('small');
    await eventually(() => health().length > 0);
    expect(health()[0]).to.contain('stopped at').and.contain('max.message.bytes');
  });
});
