import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { expect } from 'chai';
import sinon from 'sinon';
import { type DeadLetter } from '../../../pkg/kafka/index.js';
import { deskOf } from '../../../pkg/kafka_cli/dead_letters.js';
import { type KafkaTools } from '../../../pkg/kafka_cli/index.js';
import { runOn } from './run_on.js';

describe('the commands about dead letters', () => {
  const sandbox = sinon.createSandbox();
  const letter = { record: { topic: 'orders.billing-dlt', partition: 0, offset: '0', timestamp: 0 } };

  afterEach(() => {
    sandbox.restore();
    syncBuiltinESMExports();
  });

  /** As in a container whose user id is in no list of users. */
  function namelessUser(): void {
    sandbox.stub(os, 'userInfo').throws(new Error('uv_os_get_passwd returned ENOENT'));
    syncBuiltinESMExports();
  }

  it('list works for a user without a name', async () => {
    namelessUser();
    const admin = { listTopics: async () => ['orders.billing-dlt'], topicOffsets: async () => [] };
    const groupOffsets = async () => [];
    const done = await runOn({ admin: { ...admin, groupOffsets } }, ['dead-letters', 'list']);
    expect(done).to.deep.equal({ code: 0, stdout: 'none\n', stderr: '' });
  });

  it('a decision of a user without a name is on record with the number of the user', async () => {
    namelessUser();
    const kafka = { sendMessage: sandbox.stub().resolves() };
    const desk = deskOf({ kafka } as unknown as KafkaTools);
    const { by } = await desk.discard(letter as DeadLetter, 'a test order');
    expect(by).to.equal(`uid ${process.getuid?.()}@${os.hostname()}`);
  });

  it('those that take a time say so, and name nothing else', async () => {
    for (const option of ['--since', '--until']) {
      const { code, stderr } = await runOn({}, ['dead-letters', 'list', option, 'latest']);
      expect(code).to.equal(64);
      expect(stderr).to.match(/'latest' is invalid\. It must be a time such as 2026-01-31T12:00:00Z\.\n/);
    }
  });
});
