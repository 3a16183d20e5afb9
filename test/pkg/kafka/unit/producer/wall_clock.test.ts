import { expect } from 'chai';
import type { SinonFakeTimers } from 'sinon';
import { DriverError, Producer } from '../../../../../pkg/kafka/index.js';
import { endUnder, virtualClock } from '../../../../support/virtual_clock.js';
import { deferred, FakeDriver } from '../fakes.js';

const HOUR_MS = 3_600_000;

describe('Producer: when the wall clock is set', () => {
  let wall: SinonFakeTimers;
  let driver: FakeDriver;
  let producer: Producer;

  beforeEach(() => {
    wall = virtualClock({ toFake: ['Date'], now: Date.UTC(2025, 0, 1) });
    driver = new FakeDriver();
    producer = new Producer(driver, { deliveryTimeoutMs: 60_000 });
  });
  afterEach(async () => {
    await endUnder(wall, 0, async () => undefined);
    await producer.close();
  });

  for (const [name, shiftMs] of [
    ['back, what is tried again is tried as soon', -HOUR_MS],
    ['on, nothing is given up', HOUR_MS],
  ] as const) {
    it(name, async () => {
      const failed = deferred();
      let requests = 0;
      driver.answer = async (batches) => {
        requests += 1;
        if (requests > 1) return driver.log.store(batches);
        failed.resolve();
        return batches.map(() => ({ kind: 'retry', error: new DriverError('failed', 'not now') }));
      };
      const sent = producer.send({ topic: 't', partition: 0, value: 'x' });
      await failed.promise;
      await new Promise((resolve) => setImmediate(resolve));
      wall.setSystemTime(Date.now() + shiftMs);
      expect((await sent).offset).to.equal('0');
    });
  }
});
