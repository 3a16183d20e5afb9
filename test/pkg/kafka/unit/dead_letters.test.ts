import { expect } from 'chai';
import type { SinonFakeTimers } from 'sinon';
import { DriverError, type PartitionOutcome } from '../../../../pkg/kafka/driver.js';
import { DeadLetters, type SetAside } from '../../../../pkg/kafka/failures/dead_letters.js';
import type { FailedMessage } from '../../../../pkg/kafka/failures/failed_message.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { endUnder, virtualClock } from '../../../support/virtual_clock.js';
import { deferred, FakeDriver, rejection } from './fakes.js';

const TOO_LARGE = new DriverError('refused', 'too large', { protocolError: 'MESSAGE_TOO_LARGE' });

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
    clock = virtualClock({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    });
    driver = new FakeDriver();
    driver.topics = { 't.g-dlt': 3 };
    letters = new DeadLetters(driver, silentLogger);
    failures = [];
    given = new AbortController();
  });
  afterEach(async () => {
    await endUnder(clock, 60_000, () => letters.close());
  });

  const letter = (overrides: Partial<SetAside> = {}): SetAside => ({
    message,
    topic: 't.g-dlt',
    headers: (level) => ({ level: Buffer.from(level) }),
    onFailure: (error, delayMs) => failures.push([error.message, delayMs]),
    signal: given.signal,
    ...overrides,
  });

  /** Moves the clock until then. */
  async function passTime(waiting: Promise<unknown>): Promise<void> {
    const state = { ended: false };
    void waiting.then(() => (state.ended = true));
    while (!state.ended) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.tickAsync(1_000);
    }
  }

  /** Resolves once such a failure was reported. */
  async function seen(text: string): Promise<void> {
    while (!failures.some(([message]) => message.includes(text))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The brokers give this answer so often before they store what they get. */
  function failing(times: number, outcome: PartitionOutcome): void {
    let left = times;
    driver.answer = async (batches) => {
      left -= 1;
      return left >= 0 ? batches.map(() => outcome) : driver.log.store(batches);
    };
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
    failing(2, { kind: 'refused', error: TOO_LARGE });
    expect(await letters.write(letter())).to.equal(true);
    expect(levels()).to.deep.equal(['full', 'no-stack', 'class-only']);
    expect(failures).to.deep.equal([]);
  });

  it('takes a message of any size that its topic takes', async () => {
    const value = Buffer.alloc(3_000_000);
    const record = { ...message.record, value };
    expect(await letters.write(letter({ message: { ...message, record } }))).to.equal(true);
    expect(driver.producers[0]?.sent[0]?.[0]?.records[0]?.value).to.equal(value);
  });

  it('ends with an error that names the setting when the message itself is too large for the topic', async () => {
    failing(Infinity, { kind: 'refused', error: TOO_LARGE });
    const error = await rejection(letters.write(letter()));
    expect(error.code).to.equal('KAFKA_DEAD_LETTER_TOO_LARGE');
    expect(error.message).to.contain('t.g-dlt').and.contain('max.message.bytes');
    expect(failures).to.deep.equal([]);
  });

  it('R4: is tried as often as it takes, with pauses of up to 30 s, and each failure is reported', async () => {
    failing(12, { kind: 'refused', error: new DriverError('refused', 'not authorized') });
    await passTime(letters.write(letter()));
    expect(failures).to.have.length(12);
    const delays = failures.map(([, delayMs]) => delayMs);
    expect(delays[0]).to.be.within(400, 600);
    for (const delay of delays.slice(-3)) expect(delay).to.be.within(24_000, 30_000);
    expect(failures[0]?.[0]).to.contain('not authorized');
    expect(driver.log.values('t.g-dlt', 2)).to.deep.equal(['v']);
  });

  for (const kind of ['retry', 'unknown', 'stale'] as const) {
    it(`is written in the end where the brokers' answer is for long: ${kind}`, async () => {
      const lost = new DriverError('failed', 'not enough replicas');
      driver.answer = async (batches) =>
        Date.now() < 60_000 ? batches.map(() => ({ kind, error: lost })) : driver.log.store(batches);
      await passTime(letters.write(letter()));
      expect(failures.length).to.be.greaterThan(1);
      expect(driver.log.values('t.g-dlt', 2)).to.deep.equal(['v']);
    });
  }

  it('is stored once, however long brokers store and do not say so; that is reported with its reason', async () => {
    const stored = new Set<number>();
    const lost = new DriverError('failed', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    driver.answer = async (batches, producer) => {
      // Brokers know a batch again until the client renounces its numbers.
      stored.add(producer.renounced.length);
      return Date.now() < 600_000
        ? batches.map(() => ({ kind: 'unknown', error: lost }))
        : driver.log.store(batches);
    };
    await passTime(letters.write(letter()));
    expect(stored.size).to.equal(1);
    expect(failures.length).to.be.within(38, 40);
    expect(failures[0]).to.deep.equal(['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 0]);
  });

  it('ends at once when it is given up while its request has no answer', async () => {
    const answered = deferred();
    driver.answer = async (batches) => {
      await answered.promise;
      return driver.log.store(batches);
    };
    const writing = letters.write(letter());
    while (driver.producers[0]?.sent.length !== 1) await new Promise((resolve) => setImmediate(resolve));
    given.abort();
    expect(await writing).to.equal(false);
    await clock.tickAsync(60_000);
    expect(failures, 'reported afterwards').to.deep.equal([]);
    answered.resolve();
  });

  it('waits for brokers that cannot be reached, and for a topic that does not exist', async () => {
    driver.topics = {};
    driver.onConnect = () => Promise.reject(new DriverError('unreachable', 'nobody answers'));
    const writing = letters.write(letter());
    await passTime(seen('nobody answers'));
    driver.onConnect = async () => undefined;
    await passTime(seen('does not exist'));
    driver.topics = { 't.g-dlt': 3 };
    await passTime(writing);
    expect(driver.log.values('t.g-dlt', 2)).to.deep.equal(['v']);
  });

  it('ends without having written when it is given up', async () => {
    failing(Infinity, { kind: 'refused', error: new DriverError('refused', 'no') });
    const writing = letters.write(letter());
    await passTime(seen('no'));
    given.abort();
    expect(await writing).to.equal(false);
  });
});
