import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import {
  type ConsumerStatus,
  type EventBus,
  type FollowerStatus,
  type KafkaStatus,
  type KafkaRepository,
  type ProducerStatus,
} from '../../../internal/repo/contracts.js';
import { HealthUseCase } from '../../../internal/usecase/health/health.js';
import { virtualClock } from '../../support/virtual_clock.js';

const running: ConsumerStatus = {
  groupId: 'g.users',
  topics: ['users'],
  state: 'running',
  reason: null,
  stoppedPartitions: [],
  blockedPartitions: [],
  unreadablePartitions: [],
  waitingPartitions: [],
  flooded: false,
};
const idle: ProducerStatus = { acknowledgedMsAgo: null, unacknowledged: [] };
const reading: FollowerStatus = { topic: 'users', caughtUp: true, stuckAt: undefined, reason: undefined };

describe('readiness', () => {
  const sandbox = sinon.createSandbox();
  const kafka = { getStatus: sandbox.stub(), ping: sandbox.stub() };
  const events = { following: sandbox.stub() };
  let health: HealthUseCase;

  beforeEach(() => {
    sandbox.reset();
    kafka.ping.resolves();
    events.following.returns([]);
    standsWith({});
    health = new HealthUseCase(kafka as unknown as KafkaRepository, events as unknown as EventBus);
  });

  const standsWith = (parts: Partial<KafkaStatus>) =>
    kafka.getStatus.returns({
      producerEnabled: true,
      consumerEnabled: true,
      producer: idle,
      consumers: [],
      ...parts,
    });
  const consumersAre = (...consumers: ConsumerStatus[]) => standsWith({ consumers });

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

  it('asks the brokers at most once in two seconds, however often it is asked itself and whatever the time of day', async () => {
    const clock = virtualClock({ now: Date.UTC(2026, 0, 2), toFake: ['Date', 'performance'] });
    try {
      await Promise.all([health.readiness(), health.readiness()]);
      clock.tick(2_000);
      clock.setSystemTime(Date.UTC(2026, 0, 3));
      await health.readiness();
      sinon.assert.calledOnce(kafka.ping);
      clock.setSystemTime(Date.UTC(2026, 0, 1));
      clock.tick(1);
      kafka.ping.rejects(new Error('gone'));
      expect((await health.readiness()).status).to.equal('fail');
      sinon.assert.calledTwice(kafka.ping);
    } finally {
      clock.restore();
    }
  });

  it('fails and says so when a consumer is not in its group, and why, where it tries to join again', async () => {
    const other = { ...running, groupId: 'g.translations' };
    consumersAre(running, { ...other, state: 'starting' });
    const { status, checks } = await health.readiness();
    expect(status).to.equal('fail');
    expect(checks['consumer g.translations']).to.deep.equal({ status: 'fail', detail: 'is starting' });
    consumersAre(running, { ...other, state: 'recovering', reason: 'it lacks READ' });
    const detail = 'is recovering (it lacks READ)';
    expect((await health.readiness()).checks['consumer g.translations']).to.deep.equal({
      status: 'fail',
      detail,
    });
  });

  it('fails and names the partition when one stands still at a failing message', async () => {
    consumersAre({ ...running, stoppedPartitions: [{ topic: 'users', partition: 2 }] });
    const { status, checks } = await health.readiness();
    expect(status).to.equal('fail');
    expect(checks['consumer g.users']?.detail).to.include('users[2]');
  });

  it('fails and says why, each reason once, while a failed message cannot be set aside, or partitions be read', async () => {
    const heldUp = [1, 2].map((partition) => ({ topic: 'users', partition, reason: 'it lacks a right' }));
    consumersAre({ ...running, blockedPartitions: heldUp });
    expect((await health.readiness()).checks['consumer g.users']).to.deep.equal({
      status: 'fail',
      detail: 'cannot set a message aside: users[1], users[2] (it lacks a right)',
    });
    const damaged = { topic: 'orders', partition: 0, reason: 'it is damaged' };
    consumersAre({ ...running, unreadablePartitions: [...heldUp, damaged] });
    expect((await health.readiness()).checks['consumer g.users']).to.deep.equal({
      status: 'fail',
      detail: 'cannot read: users[1], users[2], orders[0] (it lacks a right; it is damaged)',
    });
  });

  it('fails while a consumer pauses since too many messages failed', async () => {
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
    events.following.returns([{ ...reading, stuckAt: 'users[1]@7', reason: 'no leader' }]);
    const { status, checks } = await health.readiness();
    expect([status, checks['view of users']?.detail]).to.deep.equal([
      'fail',
      'cannot read on at users[1]@7 (no leader)',
    ]);
  });

  describe('of a producer whose messages wait for 15 s', () => {
    const waiting = (partition: number, forMs: number) => ({
      topic: 'users',
      partition,
      forMs,
      reason: 'NOT_ENOUGH_REPLICAS',
    });
    const producerIs = async (producer: ProducerStatus) => {
      standsWith({ producer });
      const { status, checks } = await health.readiness();
      return [status, checks['producer']?.detail];
    };

    it('fails when nothing was acknowledged for as long, and says where and why', async () => {
      const detail = 'waits for acknowledgements: users[1] (NOT_ENOUGH_REPLICAS)';
      for (const acknowledgedMsAgo of [null, 15_000]) {
        const producer = { acknowledgedMsAgo, unacknowledged: [waiting(1, 15_000), waiting(2, 20)] };
        expect(await producerIs(producer)).to.deep.equal(['fail', detail]);
      }
    });

    it('warns when those of other partitions come through', async () => {
      const producer = { acknowledgedMsAgo: 100, unacknowledged: [waiting(1, 15_000)] };
      const [status] = await producerIs(producer);
      expect(status).to.equal('warn');
    });

    it('says nothing before, since a partition soon has another leader, and when an operator switched it off', async () => {
      const unacknowledged = [waiting(1, 14_999)];
      expect(await producerIs({ acknowledgedMsAgo: 14_999, unacknowledged })).to.deep.equal([
        'pass',
        undefined,
      ]);
      const producer = { acknowledgedMsAgo: null, unacknowledged: [waiting(1, 15_000)] };
      standsWith({ producerEnabled: false, producer });
      const { checks } = await health.readiness();
      expect(checks['producer']).to.deep.equal({ status: 'warn', detail: 'is switched off' });
    });
  });

  it('warns of what an operator switched off, and does not wait for its consumers', async () => {
    const consumers = [{ ...running, state: 'stopped' }];
    standsWith({ producerEnabled: false, consumerEnabled: false, consumers });
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
