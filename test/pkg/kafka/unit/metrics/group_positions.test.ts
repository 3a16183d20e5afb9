import { expect } from 'chai';
import sinon from 'sinon';
import { type ConsumerStatus, GroupPositions } from '../../../../../pkg/kafka/index.js';
import { LogBook } from '../../../../support/log.js';

const partition = { topic: 't', partition: 0, position: null, lag: null, committed: null, holds: [] };
const status = (...partitions: object[]) =>
  [{ groupId: 'g', partitions }] as unknown as readonly ConsumerStatus[];
const answer = { topic: 't', partition: 0, committed: '4', end: '10', lag: 6 };

describe('positions of groups', () => {
  const sandbox = sinon.createSandbox();
  let admin: { groupLag: sinon.SinonStub };
  let clock: sinon.SinonFakeTimers;

  beforeEach(() => {
    clock = sandbox.useFakeTimers();
    admin = { groupLag: sandbox.stub().resolves([answer]) };
  });
  afterEach(() => {
    sandbox.restore();
  });

  it('are those that the brokers tell where no fetch does, and nothing before either', async () => {
    const positions = new GroupPositions(admin);
    expect(positions.lag('g', partition)).to.equal(undefined);
    expect(positions.committed('g', partition)).to.equal(undefined);
    await positions.refresh(status(partition));
    expect([positions.lag('g', partition), positions.committed('g', partition)]).to.deep.equal([6, 4]);
  });

  it('count from where the consumer is now to the later of both ends', async () => {
    const positions = new GroupPositions(admin);
    await positions.refresh(status(partition));
    expect(positions.lag('g', { ...partition, position: '7', lag: '0' })).to.equal(3);
    expect(positions.lag('g', { ...partition, position: '7', lag: '9' })).to.equal(9);
    expect(positions.lag('g', { ...partition, position: '12', lag: '0' })).to.equal(0);
  });

  it('are asked for at most every 15 s, and at once for a partition that is new here', async () => {
    const positions = new GroupPositions(admin);
    await positions.refresh(status());
    sinon.assert.notCalled(admin.groupLag);
    await positions.refresh(status(partition));
    await clock.tickAsync(14_999);
    await positions.refresh(status(partition));
    sinon.assert.calledOnceWithExactly(admin.groupLag, 'g', ['t']);
    await positions.refresh(status(partition, { ...partition, partition: 1 }));
    sinon.assert.calledTwice(admin.groupLag);
    await clock.tickAsync(15_000);
    await positions.refresh(status(partition));
    sinon.assert.calledThrice(admin.groupLag);
  });

  it('stay as they were, and say so once, while the brokers do not tell', async () => {
    const log = new LogBook();
    const positions = new GroupPositions(admin, { logger: log, maxAgeMs: 0 });
    await positions.refresh(status(partition));
    admin.groupLag.rejects(new Error('not authorized'));
    await positions.refresh(status(partition));
    await positions.refresh(status(partition));
    expect(positions.lag('g', partition)).to.equal(6);
    expect(log.at('warn')).to.deep.equal(['the lag of a group cannot be told']);
  });

  it('of one group are told although those of others cannot be, or are long in coming', async () => {
    const log = new LogBook();
    const positions = new GroupPositions(admin, { logger: log });
    admin.groupLag.withArgs('deleted').rejects(new Error('there is no such topic'));
    admin.groupLag.withArgs('silent').returns(new Promise(() => undefined));
    const all = ['deleted', 'g', 'silent'].map((groupId) => ({ groupId, partitions: [partition] }));
    for (const lag of [6, 8]) {
      admin.groupLag.withArgs('g').resolves([{ ...answer, end: String(4 + lag), lag }]);
      const refreshed = positions.refresh(all as unknown as readonly ConsumerStatus[]);
      await clock.tickAsync(15_000);
      await refreshed;
      expect(positions.lag('g', partition)).to.equal(lag);
      expect(positions.lag('deleted', partition)).to.equal(undefined);
    }
    expect(log.lines.map(({ message, fields }) => [message, fields['groupId']])).to.deep.equal([
      ['the lag of a group cannot be told', 'deleted'],
    ]);
  });

  for (const [how, behaviour] of [
    ['are refused', () => Promise.reject(new Error('not authorized'))],
    ['do not come', () => new Promise(() => undefined)],
  ] as const) {
    it(`are told no more when answers ${how} for four times as long as one will do`, async () => {
      const positions = new GroupPositions(admin);
      await positions.refresh(status(partition));
      admin.groupLag.callsFake(behaviour);
      const told: unknown[] = [];
      for (let asked = 0; asked < 6; asked += 1) {
        await clock.tickAsync(15_000);
        const refreshed = positions.refresh(status(partition));
        await clock.tickAsync(1_000);
        await refreshed;
        told.push(positions.lag('g', partition));
      }
      expect(told).to.deep.equal([6, 6, 6, 6, undefined, undefined]);
      expect(positions.committed('g', partition)).to.equal(undefined);
    });
  }

  it('are not those of the last fetch where a partition is held, which is not fetched any more', () => {
    const fetched = { ...partition, position: '1', lag: '2' };
    const positions = new GroupPositions(admin);
    expect(positions.lag('g', fetched)).to.equal(2);
    expect(positions.lag('g', { ...fetched, holds: ['infrastructure'] })).to.equal(undefined);
  });

  it('keep nobody waiting for brokers that do not answer', async () => {
    const positions = new GroupPositions(admin);
    admin.groupLag.returns(new Promise(() => undefined));
    const refreshed = positions.refresh(status(partition));
    await clock.tickAsync(1_000);
    await refreshed;
    expect(positions.lag('g', { ...partition, position: '1', lag: '2' })).to.equal(2);
  });
});
