import { expect } from 'chai';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { DriverError } from '../../../../pkg/kafka/driver.js';
import { DeadLetters, type SetAside } from '../../../../pkg/kafka/failures/dead_letters.js';
import type { FailedMessage } from '../../../../pkg/kafka/failures/failed_message.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { FakeDriver } from './fakes.js';

const message: FailedMessage = {
  record: {
    topic: 't',
    partition: 2,
    offset: '7',
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: {},
    timestamp: 0,
    timestampType: 'CreateTime',
  },
  source: { topic: 't', partition: 2 },
  groupId: 'g',
  replayed: false,
  thrown: new Error('no'),
  attempts: 1,
  firstFailedAt: 0,
  lastFailedAt: 0,
};

describe('DeadLetters', () => {
  let clock: SinonFakeTimers;
  let driver: FakeDriver;
  let letters: DeadLetters;
  let failures: [string, number][];
  let given: AbortController;

  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    driver = new FakeDriver();
    driver.topics = { 't.g-dlt': 3 };
    letters = new DeadLetters(driver, silentLogger);
    failures = [];
    given = new AbortController();
  });
  afterEach(async () => {
    await letters.close();
    clock.restore();
  });

  const letter = (overrides: Partial<SetAside> = {}): SetAside => ({
    message,
    topic: 't.g-dlt',
    headers: (level) => ({ level: Buffer.from(level) }),
    onFailure: (error, delayMs) => failures.push([error.message, delayMs]),
    signal: given.signal,
    ...overrides,
  });

  /** Moves the clock until the message is written. */
  async function passTime(writing: Promise<boolean>): Promise<void> {
    const state = { written: false };
    void writing.then((written) => (state.written = written));
    while (!state.written) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.tickAsync(1_000);
    }
  }

  const levels = () =>
    driver.producers.flatMap(({ sent }) =>
      sent.flatMap((batches) =>
        batches.flatMap(({ records }) => records.map(({ headers }) => String(headers['level']))),
      ),
    );

  it('keeps key and value, in the partition of the same number', async () => {
    expect(await letters.write(letter())).to.equal(true);
    const [[batch] = []] = driver.producers[0]?.sent ?? [];
    expect(batch).to.include({ topic: 't.g-dlt', partition: 2 });
    expect(batch?.records[0]).to.deep.include({ key: Buffer.from('k'), value: Buffer.from('v') });
  });

  it('chooses a partition by key when there is none of that number', async () => {
    driver.topics = { 't.g-dlt': 1 };
    expect(await letters.write(letter())).to.equal(true);
    expect(driver.producers[0]?.sent[0]?.[0]?.partition).to.equal(0);
  });

  it('leaves out the stack trace, then the message of the error, when the record is too large', async () => {
    let refusals = 2;
    driver.answer = async (batches) => {
      if ((refusals -= 1) >= 0) {
        throw new DriverError('refused', 'too large', { protocolError: 'MESSAGE_TOO_LARGE' });
      }
      return driver.log.store(batches);
    };
    expect(await letters.write(letter())).to.equal(true);
    expect(levels()).to.deep.equal(['full', 'no-stack', 'class-only']);
    expect(failures).to.deep.equal([]);
  });

  it('R4: is tried as often as it takes, with pauses of up to 30 s, and each failure is reported', async () => {
    let failing = 12;
    driver.answer = async (batches) => {
      if ((failing -= 1) >= 0) throw new DriverError('failed', 'not enough replicas');
      return driver.log.store(batches);
    };
    await passTime(letters.write(letter()));
    expect(failures).to.have.length(12);
    const delays = failures.map(([, delayMs]) => delayMs);
    expect(delays[0]).to.be.within(400, 600);
    for (const delay of delays.slice(-3)) expect(delay).to.be.within(24_000, 30_000);
    expect(failures[0]?.[0]).to.contain('not enough replicas');
  });

  it('a topic that does not exist is waited for', async () => {
    driver.topics = {};
    const writing = letters.write(letter());
    for (let i = 0; i < 20; i += 1) await clock.tickAsync(1_000);
    expect(failures.length).to.be.greaterThan(2);
    driver.topics = { 't.g-dlt': 3 };
    await passTime(writing);
  });

  it('ends without having written when it is given up', async () => {
    driver.answer = () => Promise.reject(new DriverError('failed', 'no'));
    const writing = letters.write(letter());
    await new Promise((resolve) => setImmediate(resolve));
    given.abort();
    await clock.tickAsync(60_000);
    expect(await writing).to.equal(false);
  });
});
