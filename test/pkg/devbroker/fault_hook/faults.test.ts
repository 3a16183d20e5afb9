import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { eventually } from '../../../support/eventually.js';
import { RawClient } from '../net/raw_client.js';
import { initProducerIdRequest, Key, metadataRequest, produceRequest } from '../net/requests.js';
import { WatchedClock } from '../net/watched_clock.js';

describe('faults', () => {
  let broker: Broker;
  let clock: WatchedClock;
  const clients: RawClient[] = [];

  beforeEach(async () => {
    clock = new WatchedClock();
    broker = await startBroker({ topics: { orders: 2 }, clock });
    clock.isIdle();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await broker.stop();
  });

  function client(): RawClient {
    const one = new RawClient(broker.connect());
    clients.push(one);
    return one;
  }

  const produce = (to: RawClient) => to.ask(Key.Produce, 7, produceRequest({ topic: 'orders' }));
  const end = () => broker.topics.partition('orders', 0)?.endOffset;

  /** Asks for metadata until `count` answers have come, and returns which of the requests got an error. */
  async function errorsOf(count: number): Promise<boolean[]> {
    const one = client();
    const errors: boolean[] = [];
    while (errors.length < count) {
      const { topics } = (await one.ask(Key.Metadata, 6, metadataRequest(['orders']))) as {
        topics: { errorCode: number }[];
      };
      errors.push(topics[0]?.errorCode === 5);
    }
    return errors;
  }

  describe('frequency', () => {
    it('is once by default', async () => {
      const fault = broker.faults.add({ api: 'Metadata', error: 'LEADER_NOT_AVAILABLE' });
      expect(await errorsOf(3)).to.deep.equal([true, false, false]);
      expect(fault.used).to.equal(1);
    });

    it('is as often as asked', async () => {
      broker.faults.add({ api: 'Metadata', error: 'LEADER_NOT_AVAILABLE', times: 2 });
      expect(await errorsOf(3)).to.deep.equal([true, true, false]);
    });

    it('is always until the fault is removed', async () => {
      const fault = broker.faults.add({ api: 'Metadata', error: 'LEADER_NOT_AVAILABLE', times: Infinity });
      expect(await errorsOf(5)).to.deep.equal([true, true, true, true, true]);
      fault.remove();
      expect(await errorsOf(2)).to.deep.equal([false, false]);
    });

    it('is a chance that depends on the seed alone', async () => {
      const runs: string[] = [];
      for (const seed of [5, 5, 6]) {
        const fault = broker.faults.add({
          api: 'Metadata',
          error: 'LEADER_NOT_AVAILABLE',
          probability: 0.5,
          seed,
        });
        runs.push((await errorsOf(40)).map(Number).join(''));
        fault.remove();
      }
      expect(runs[0]).to.equal(runs[1]).and.to.match(/01/);
      expect(runs[2]).not.to.equal(runs[0]);
    });

    it('counts the requests that were befallen only', async () => {
      const fault = broker.faults.add({ api: 'Produce', topic: 'tasks', drop: true });
      await produce(client());
      await client().ask(Key.InitProducerId, 1, initProducerIdRequest);
      expect(fault.used).to.equal(0);
    });
  });

  describe('what they match', () => {
    it('may be several APIs', async () => {
      const fault = broker.faults.add({ api: ['Produce', 'Metadata'], delayMs: 1, times: Infinity });
      const one = client();
      await produce(one);
      await one.ask(Key.InitProducerId, 1, initProducerIdRequest);
      await one.ask(Key.Metadata, 6, metadataRequest([]));
      expect(fault.used).to.equal(2);
    });

    it('may be one node', async () => {
      await broker.stop();
      broker = await startBroker({ advertisedNodes: 2, topics: { orders: 2 } });
      const fault = broker.faults.add({ node: 2, api: 'InitProducerId', error: 'COORDINATOR_NOT_AVAILABLE' });
      await client().ask(Key.InitProducerId, 1, initProducerIdRequest);
      expect(fault.used).to.equal(0);
      const second = new RawClient(broker.connect(2));
      clients.push(second);
      expect(await second.ask(Key.InitProducerId, 1, initProducerIdRequest)).to.include({ errorCode: 15 });
    });

    it('cannot be an API that there is not, nor may numbers be out of range', () => {
      const add = broker.faults.add.bind(broker.faults);
      expect(() => add({ api: 'Produces', drop: true })).to.throw(
        RangeError,
        'no API Produces here, only Produce',
      );
      expect(() => add({ times: 0, drop: true })).to.throw(RangeError, 'times');
      expect(() => add({ times: NaN, drop: true })).to.throw(RangeError, 'times');
      expect(() => add({ probability: 0, drop: true })).to.throw(RangeError, 'probability');
      expect(() => add({ probability: 1.1, drop: true })).to.throw(RangeError, 'probability');
    });
  });

  describe('delay', () => {
    for (const when of ['before', 'after'] as const) {
      it(`lets a request wait ${when} it is worked on`, async () => {
        broker.faults.add({ api: 'Produce', delayMs: 30, when });
        const started = performance.now();
        const answered = produce(client());
        await eventually(() => clock.pending === 1, { what: 'the request waits' });
        expect(end()).to.equal(when === 'before' ? 0n : 1n);
        await answered;
        // Node's timers may be early by a fraction of a millisecond.
        expect(performance.now() - started).to.be.greaterThan(29);
        expect(end()).to.equal(1n);
      });
    }

    it('ends when the client goes', async () => {
      const fault = broker.faults.add({ api: 'Produce', delayMs: 60_000 });
      const one = client();
      const unanswered = produce(one).catch(() => 'no answer');
      await fault.waitUntilUsed();
      one.close();
      expect(await unanswered).to.equal('no answer');
      await eventually(() => clock.pending === 0, { what: 'the timer is cleared' });
      expect(end()).to.equal(0n);
    });
  });

  describe('hold', () => {
    for (const hold of ['before', 'after'] as const) {
      it(`keeps a request ${hold} it is worked on until it is released`, async () => {
        const fault = broker.faults.add({ api: 'Produce', hold });
        let answered = false;
        const answer = produce(client()).then(() => {
          answered = true;
        });
        await fault.waitUntilUsed();
        await client().ask(Key.Metadata, 6, metadataRequest([]));
        expect([answered, end()]).to.deep.equal([false, hold === 'before' ? 0n : 1n]);
        fault.release();
        await answer;
        expect(end()).to.equal(1n);
      });
    }

    it('lets everything go that it holds, and then holds nothing more', async () => {
      const fault = broker.faults.add({ api: 'Produce', hold: 'before', times: Infinity });
      const answers = [produce(client()), produce(client())];
      await fault.waitUntilUsed(2);
      fault.release();
      await Promise.all(answers);
      await produce(client());
      expect([fault.used, end()]).to.deep.equal([3, 3n]);
    });

    it('ends when the fault is removed, when all are cleared, and when the broker stops', async () => {
      const removed = broker.faults.add({ api: 'Produce', hold: 'before' });
      const first = produce(client());
      await removed.waitUntilUsed();
      removed.remove();
      await first;
      const cleared = broker.faults.add({ api: 'Produce', hold: 'before' });
      const second = produce(client());
      await cleared.waitUntilUsed();
      broker.faults.clear();
      await second;
      const stopped = broker.faults.add({ api: 'Produce', hold: 'before' });
      const third = produce(client()).catch(() => 'no answer');
      await stopped.waitUntilUsed();
      await broker.stop();
      expect(await third).to.equal('no answer');
    });
  });

  describe('drop', () => {
    it('does what is asked, does not answer, and leaves the connection open', async () => {
      const fault = broker.faults.add({ api: 'Produce', drop: true });
      const one = client();
      one.stream.write(Buffer.alloc(0));
      const lost = produce(one).catch((error: unknown) => String(error));
      await fault.waitUntilUsed();
      // The next answer is that to the next request.
      const next = one.ask(Key.Metadata, 6, metadataRequest([]));
      expect(await lost).to.contain('the answer to another request');
      expect(end()).to.equal(1n);
      one.close();
      await next.catch(() => undefined);
    });
  });

  describe('disconnect', () => {
    for (const disconnect of ['before', 'after'] as const) {
      it(`closes the connection ${disconnect} the request is worked on`, async () => {
        broker.faults.add({ api: 'Produce', disconnect });
        const one = client();
        const outcome = await produce(one).catch((error: unknown) => String(error));
        expect(outcome).to.contain('ended without an answer');
        expect(end()).to.equal(disconnect === 'before' ? 0n : 1n);
        await produce(client());
      });
    }
  });

  it('tell when they were used, once or several times', async () => {
    const fault = broker.faults.add({ api: 'Produce', error: 'REQUEST_TIMED_OUT', times: 3 });
    let told = 0;
    const waits = [fault.waitUntilUsed(), fault.waitUntilUsed(2)].map((wait) => wait.then(() => (told += 1)));
    const one = client();
    await produce(one);
    await waits[0];
    expect(told).to.equal(1);
    await produce(one);
    await waits[1];
    await fault.waitUntilUsed();
    expect(fault.used).to.equal(2);
  });

  it('add up on one request', async () => {
    const held = broker.faults.add({ api: 'Produce', hold: 'before' });
    const gone = broker.faults.add({ api: 'Produce', disconnect: 'after' });
    const outcome = produce(client()).catch((error: unknown) => String(error));
    await held.waitUntilUsed();
    held.release();
    expect(await outcome).to.contain('ended without an answer');
    expect([end(), gone.used]).to.deep.equal([1n, 1]);
  });
});
