import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import {
  type ConsumerStatus,
  type EventBus,
  type FollowerStatus,
  type KafkaRepository,
} from '../../../internal/repo/contracts.js';
import { HealthUseCase } from '../../../internal/usecase/health/health.js';

const running: ConsumerStatus = {
  groupId: 'g.users',
  topics: ['users'],
  state: 'running',
  stoppedPartitions: [],
  blockedPartitions: [],
  waitingPartitions: [],
  flooded: false,
};
const reading: FollowerStatus = { topic: 'users', caughtUp: true, stuckAt: undefined };

describe('readiness', () => {
  const sandbox = sinon.createSandbox();
  const kafka = { getStatus: sandbox.stub(), ping: sandbox.stub() };
  const events = { following: sandbox.stub() };
  let now: number;
  let health: HealthUseCase;

  beforeEach(() => {
    sandbox.reset();
    kafka.ping.resolves();
    events.following.returns([]);
    kafka.getStatus.returns({ producerEnabled: true, consumerEnabled: true, consumers: [] });
    now = 0;
    health = new HealthUseCase(kafka as unknown as KafkaRepository, events as unknown as EventBus, {
      now: () => new Date(now),
    });
  });

  const consumersAre = (...consumers: ConsumerStatus[]) =>
    kafka.getStatus.returns({ producerEnabled: true, consumerEnabled: true, consumers });

  it('passes when a broker answers, every consumer is in its group and every view reads', async () => {
    consumersAre(running, { ...running, groupId: 'g.translations' });
    events.following.returns([reading]);
    expect(await health.readiness()).to.deep.equal({
      status: 'pass',
      checks: {
        broker: { status: 'pass' },
        'consumer g.users': { status: 'pass' },
        'consumer g.translations': { status: 'pass' },
        'view of users': { status: 'pass' },
      },
    });
  });

  it('fails and says so when no broker answers', async () => {
    kafka.ping.rejects(new Error('No Kafka broker answers.'));
    const { status, checks } = await health.readiness();
    expect([status, checks['broker']?.detail]).to.deep.equal(['fail', 'No Kafka broker answers.']);
  });

  it('asks the brokers at most once in two seconds, however often it is asked itself', async () => {
    await Promise.all([health.readiness(), health.readiness()]);
    now = 2_000;
    await health.readiness();
    sinon.assert.calledOnce(kafka.ping);
    now = 2_001;
    kafka.ping.rejects(new Error('gone'));
    expect((await health.readiness()).status).to.equal('fail');
    sinon.assert.calledTwice(kafka.ping);
  });

  it('fails and says so when a consumer is not in its group', async () => {
    consumersAre(running, { ...running, groupId: 'g.translations', state: 'joining' });
    const { status, checks } = await health.readiness();
    expect(status).to.equal('fail');
    expect(checks['consumer g.translations']).to.deep.equal({ status: 'fail', detail: 'is joining' });
  });

  it('fails and names the partition when one stands still at a failing message', async () => {
    consumersAre({ ...running, stoppedPartitions: [{ topic: 'users', partition: 2 }] });
    const { status, checks } = await health.readiness();
    expect(status).to.equal('fail');
    expect(checks['consumer g.users']?.detail).to.include('users[2]');
  });

  it('fails while a failed message cannot be set aside, and while too many messages fail', async () => {
    consumersAre({ ...running, blockedPartitions: [{ topic: 'users', partition: 1 }] });
    const blocked = await health.readiness();
    expect(blocked.status).to.equal('fail');
    expect(blocked.checks['consumer g.users']?.detail).to.include('users[1]');
    consumersAre({ ...running, flooded: true });
    expect((await health.readiness()).status).to.equal('fail');
  });

  it('warns while a handler waits for something that it needs: another instance would wait as well', async () => {
    consumersAre({ ...running, waitingPartitions: [{ topic: 'users', partition: 1 }] });
    const { status, checks } = await health.readiness();
    expect([status, checks['consumer g.users']?.detail]).to.deep.equal([
      'warn',
      'waits for what a handler needs: users[1]',
    ]);
  });

  it('fails while a view is catching up, or cannot read on', async () => {
    events.following.returns([{ ...reading, caughtUp: false }]);
    expect((await health.readiness()).checks['view of users']?.detail).to.equal('is catching up');
    events.following.returns([{ ...reading, stuckAt: 'users[1]@7' }]);
    const { status, checks } = await health.readiness();
    expect([status, checks['view of users']?.detail]).to.deep.equal(['fail', 'cannot read on at users[1]@7']);
  });

  it('warns of what an operator switched off, and does not wait for its consumers', async () => {
    const consumers = [{ ...running, state: 'stopped' }];
    kafka.getStatus.returns({ producerEnabled: false, consumerEnabled: false, consumers });
    expect(await health.readiness()).to.deep.equal({
      status: 'warn',
      checks: {
        broker: { status: 'pass' },
        producer: { status: 'warn', detail: 'is switched off' },
        consumers: { status: 'warn', detail: 'are switched off' },
      },
    });
  });
});
