import { deadLetterTopic } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { HOSTILE_ERRORS } from '../../../support/hostile_errors.js';
import { closeAll, consume, Inbox, newTopic, stored } from './harness.js';

describe('kafka contract: what cannot be read is thrown', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('R11: and set aside like anything else: its partition goes on', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    const manager = await consume(topic, groupId, async (message, context) => {
      const hostile = HOSTILE_ERRORS[Number(String(message.value))];
      if (hostile !== undefined) throw hostile.thrown;
      await inbox.handler(message, context);
    });
    const values = [...HOSTILE_ERRORS.keys()].map(String);
    await manager.sendMessages([...values, 'fine'].map((value) => ({ topic, key: 'k', value })));
    await eventually(async () => (await stored(deadLetterTopic(topic, groupId))) === HOSTILE_ERRORS.length, {
      timeoutMs: 15_000,
      what: () => `dead letters; ${manager.health().problems.join()}`,
    });
    await inbox.has(1);
  });
});
