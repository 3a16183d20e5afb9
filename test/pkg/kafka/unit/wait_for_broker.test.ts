import { expect } from 'chai';
import sinon from 'sinon';
import {
  BrokerUnreachable,
  missingTopics,
  UnknownTopic,
  waitForBroker,
} from '../../../../pkg/kafka/index.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';

describe('at the start of a program', () => {
  const sandbox = sinon.createSandbox();
  const ping = sandbox.stub();
  let log: LogBook;
  let stopping: AbortController;

  beforeEach(() => {
    sandbox.reset();
    log = new LogBook();
    stopping = new AbortController();
  });

  const waiting = () => waitForBroker({ ping }, { logger: log, signal: stopping.signal });
  const nobody = new BrokerUnreachable(['a:1'], 'refused');

  it('a broker is waited for until it answers, and each attempt is told of', async () => {
    ping.onFirstCall().rejects(nobody).onSecondCall().resolves();
    await waiting();
    expect(log.at('warn')).to.deep.equal(['no broker answers; trying again']);
  });

  it('a wait ends when it is no longer wanted', async () => {
    ping.rejects(nobody);
    const end = rejection(waiting(), Error);
    await eventually(() => log.lines.length === 1);
    stopping.abort();
    expect((await end).name).to.equal('AbortError');
  });

  it('what waiting does not mend ends it at once', async () => {
    const refused = new Error('not let in');
    ping.rejects(refused);
    expect(await rejection(waiting(), Error)).to.equal(refused);
    expect(log.lines).to.deep.equal([]);
  });

  it('the topics that are missing are found, and no other failure is taken for that', async () => {
    const topicOffsets = async (topic: string) => {
      if (topic === 'gone') throw new UnknownTopic(topic);
      if (topic === 'broken') throw nobody;
      return [];
    };
    const specs = [{ topic: 'there' }, { topic: 'gone' }];
    expect(await missingTopics({ topicOffsets }, specs)).to.deep.equal([{ topic: 'gone' }]);
    const failing = missingTopics({ topicOffsets }, [{ topic: 'broken' }]);
    expect(await rejection(failing, Error)).to.equal(nobody);
  });
});
