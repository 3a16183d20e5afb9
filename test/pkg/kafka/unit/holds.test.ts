import { expect } from 'chai';
import type { PartitionWork } from '../../../../pkg/kafka/consumer/partition_work.js';
import { InfrastructureError, NonRetryableError, type Hold } from '../../../../pkg/kafka/index.js';
import { FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

/** Those that keep the message back that tells whether the infrastructure is there again. */
const PASSING: readonly Hold[] = ['paused', 'dead-letter', 'flood', 'leftover'];

describe('Holds of a partition', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  function workOf(partition = 0): PartitionWork {
    const work = member.session.assignment?.get({ topic: 't', partition });
    if (work === undefined) throw new Error('the partition is not assigned');
    return work;
  }

  it('while dead letters cannot be written the partition waits for the last of them, and says so once', async () => {
    await member.start();
    const written = new Map<string, (stored: boolean) => void>();
    member.write = ({ message, onFailure }) => {
      onFailure(new Error(`no room for ${message.record.offset}`), 1_000);
      return new Promise((resolve) => written.set(message.record.offset, resolve));
    };
    member.handler = () => Promise.reject(new NonRetryableError('bad'));
    void member.deliver(new FakeBatch([0, 1]));
    await member.clock.tickAsync(100);
    written.get('1')?.(true);
    await member.clock.tickAsync(100);
    expect([...workOf().holds]).to.deep.equal(['dead-letter']);
    expect(workOf().deadLetterError).to.be.instanceOf(Error);
    written.get('0')?.(true);
    await member.clock.tickAsync(100);
    expect([...workOf().holds]).to.deep.equal([]);
    expect(workOf().deadLetterError).to.equal(undefined);
    expect(member.eventsOf('paused')).to.have.length(1);
    expect(member.eventsOf('resumed')).to.have.length(1);
  });

  describe('over the end of a wait for infrastructure', () => {
    let down: boolean;
    beforeEach(() => {
      down = true;
      member.handler = async ({ partition }) => {
        if (partition === 1) throw new NonRetryableError('bad');
        if (down) throw new InfrastructureError('down');
      };
    });

    /** The wait ends while something else holds the partition too. */
    async function waitOut(): Promise<void> {
      await member.clock.tickAsync(5_000);
      expect([...workOf().holds]).to.have.length(2);
      down = false;
    }

    for (const hold of PASSING) {
      it(`${hold}: the partition goes on when that is gone`, async () => {
        await member.start();
        void member.deliver(new FakeBatch([0, 1, 2]));
        await member.clock.tickAsync(100);
        workOf().hold(hold);
        await waitOut();
        workOf().release(hold);
        await member.clock.tickAsync(1_000);
        expect([...workOf().holds]).to.deep.equal([]);
        expect(member.consumer.committed('t', 0)).to.equal(3n);
      });
    }

    it('an operator who pauses during an outage and resumes after it', async () => {
      await member.start();
      void member.deliver(new FakeBatch([0, 1, 2]));
      await member.clock.tickAsync(100);
      member.pauses.pause('t');
      member.session.applyPauses();
      await waitOut();
      member.pauses.resume('t');
      member.session.applyPauses();
      await member.clock.tickAsync(1_000);
      expect(member.consumer.committed('t', 0)).to.equal(3n);
    });

    it('the flood guard that trips during an outage', async () => {
      await member.start({}, { floodGuard: { maxFailed: 1, quietMs: 60_000, minMessages: 1_000 } });
      void member.deliver(new FakeBatch([0, 1, 2]));
      void member.deliver(new FakeBatch([0, 1], 1));
      await member.clock.tickAsync(100);
      expect(member.flood.tripped).to.equal(true);
      await waitOut();
      await member.clock.tickAsync(60_000);
      expect(member.consumer.committed('t', 0)).to.equal(3n);
    });
  });
});
