import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { type ConsumerStatus, type KafkaRepository } from '../../../internal/repo/contracts.js';
import { HealthUseCase } from '../../../internal/usecase/health/health.js';

describe('readiness', () => {
  const running: ConsumerStatus = {
    groupId: 'g.users',
    topics: ['users'],
    state: 'running',
    stoppedPartitions: [],
  };

  function readinessWith(...consumers: ConsumerStatus[]) {
    return readiness({ consumerEnabled: true, consumers });
  }

  function readiness({
    consumerEnabled,
    consumers,
  }: {
    consumerEnabled: boolean;
    consumers: ConsumerStatus[];
  }) {
    const kafka = { getStatus: sinon.stub().returns({ consumerEnabled, consumers }) };
    return new HealthUseCase(kafka as unknown as KafkaRepository).readiness();
  }

  it('passes when every consumer is in its group', () => {
    expect(readinessWith(running, { ...running, groupId: 'g.translations' })).to.deep.equal({
      status: 'pass',
      checks: { 'consumer g.users': { status: 'pass' }, 'consumer g.translations': { status: 'pass' } },
    });
  });

  it('passes for an instance that consumes nothing', () => {
    expect(readinessWith().status).to.equal('pass');
  });

  it('passes while consuming is switched off, or the instance could not be asked to switch it on', () => {
    const consumers = [{ ...running, state: 'stopped' }];
    expect(readiness({ consumerEnabled: false, consumers }).status).to.equal('pass');
  });

  it('fails and says so when a consumer is not in its group', () => {
    const report = readinessWith(running, { ...running, groupId: 'g.translations', state: 'joining' });
    expect(report.status).to.equal('fail');
    expect(report.checks['consumer g.translations']).to.deep.equal({ status: 'fail', detail: 'is joining' });
  });

  it('fails and names the partition when one stands still at a failing message', () => {
    const report = readinessWith({ ...running, stoppedPartitions: [{ topic: 'users', partition: 2 }] });
    expect(report.status).to.equal('fail');
    expect(report.checks['consumer g.users']?.detail).to.include('users[2]');
  });
});
