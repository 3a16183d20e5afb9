import { expect } from 'chai';
import { DriverError } from '../../../../pkg/kafka/index.js';
import { firstAnswer } from '../../../../pkg/kafka/kafkajs/first_answer.js';
import { SilentNodes } from '../../../../pkg/kafka/kafkajs/silent_nodes.js';
import { deferred, rejection } from './fakes.js';

describe('asking nodes', () => {
  const silent = () => new Promise<string>(() => undefined);
  const down = (message = 'down', denied = false) =>
    Promise.reject(new DriverError('unreachable', message, { denied }));

  it('asks one alone as long as it answers', async () => {
    const answer = await firstAnswer([async () => 'first', () => expect.fail('the second was asked')], 1_000);
    expect(answer).to.equal('first');
  });

  it('asks the next one after one that failed, and beside one that is silent', async () => {
    expect(await firstAnswer([() => down(), silent, async () => 'last'], 100)).to.equal('last');
  });

  it('takes the answer of one that was only slow', async () => {
    const slow = deferred<string>();
    const next = () => {
      slow.resolve('slow');
      return silent();
    };
    expect(await firstAnswer([() => slow.promise, next], 100)).to.equal('slow');
  });

  it('ends in its time where all are silent', async () => {
    expect(await rejection(firstAnswer([silent, silent], 40))).to.include({
      reason: 'unreachable',
      message: 'no answer within 40 ms',
    });
  });

  it('tells of the node that keeps this client out, else of the first', async () => {
    const asks = [() => down('first'), () => down('wrong password', true)];
    expect((await rejection(firstAnswer(asks, 100))).message).to.equal('wrong password');
    expect((await rejection(firstAnswer([() => down('first'), () => down()], 100))).message).to.equal(
      'first',
    );
    expect((await rejection(firstAnswer([], 100))).message).to.equal('there is no address to connect to');
  });

  it('a node counts as silent until it answers', () => {
    const nodes = new SilentNodes();
    const [one, other] = [
      { host: 'a', port: 1 },
      { host: 'a', port: 2 },
    ];
    nodes.silent(one);
    expect([nodes.isSilent(one), nodes.isSilent(other)]).to.deep.equal([true, false]);
    nodes.answered(one);
    expect(nodes.isSilent(one)).to.equal(false);
  });
});
