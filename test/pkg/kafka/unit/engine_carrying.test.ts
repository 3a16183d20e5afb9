import { expect } from 'chai';
import { deferred, FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

const never = () => new Promise<void>(() => undefined);
const nap = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('Engine: carried work', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  it('a batch goes back to the client soon, though one of its messages takes long', async () => {
    await member.start();
    const gate = deferred();
    const seen: string[] = [];
    member.handler = async ({ offset }) => {
      if (offset === '1') await gate.promise;
      seen.push(offset);
    };
    let returned = false;
    void member.deliver(new FakeBatch([0, 1, 2])).then(() => (returned = true));
    await member.clock.tickAsync(250);
    expect(returned).to.equal(true);
    expect(seen).to.deep.equal(['0', '2']);
    await member.clock.tickAsync(1_000);
    expect(member.consumer.committed('t', 0), 'nothing past it is committed').to.equal(1n);
    gate.resolve();
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(3n);
  });

  it('further batches of its partition are taken meanwhile, without a wait, up to a bound', async () => {
    await member.start({}, { maxBufferedMessages: 6 });
    member.handler = ({ offset }) => (offset === '0' ? never() : nap(60_000));
    await member.deliver(new FakeBatch([0, 1]));
    await member.deliver(new FakeBatch([2, 3]));
    expect([...member.consumer.paused]).to.deep.equal([]);
    void member.deliver(new FakeBatch([4, 5]));
    await member.clock.tickAsync(250);
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
  });

  it('fetching goes on when half of what was read ahead is done', async () => {
    await member.start({ order: 'partition' }, { maxBufferedMessages: 4 });
    const seen: string[] = [];
    member.handler = async ({ offset }) => {
      await nap(1_000);
      seen.push(offset);
    };
    void member.deliver(new FakeBatch([0, 1, 2, 3]));
    await member.clock.tickAsync(1_500);
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
    await member.clock.tickAsync(1_000);
    expect(seen).to.deep.equal(['0', '1']);
    expect([...member.consumer.paused]).to.deep.equal([]);
  });

  it('bounds the bytes that are read ahead as well', async () => {
    await member.start({}, { maxBufferedBytes: 30 });
    member.handler = never;
    await member.deliver(new FakeBatch([0, 1]));
    expect([...member.consumer.paused]).to.deep.equal([]);
    void member.deliver(new FakeBatch([2]));
    await member.clock.tickAsync(250);
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
  });

  it('many slow partitions together read ahead no more than one may, and a batch each', async () => {
    const perBatch = 2;
    const partitions = Array.from({ length: 10 }, (_, partition) => ({ topic: 't', partition }));
    await member.start({}, { maxBufferedMessages: 100 });
    member.consumer.listener.onRevoked();
    member.consumer.listener.onAssigned(partitions);
    member.handler = never;
    for (const { partition } of partitions) {
      for (let from = 0; !member.consumer.paused.has(`t/${partition}`); from += perBatch) {
        void member.deliver(new FakeBatch([from, from + 1], partition));
        await member.clock.tickAsync(250);
      }
    }
    const counts = [...(member.session.assignment?.works ?? [])].map(({ unfinished }) => unfinished);
    expect(counts.reduce((sum, count) => sum + count)).to.be.at.most(100 + partitions.length * perBatch);
    expect(Math.min(...counts), 'each has its turn').to.be.at.least(perBatch);
  });

  it('the client waits for a full partition of slow messages once, and no more until it has been quick', async () => {
    await member.start({}, { maxBufferedMessages: 1 });
    member.handler = () => nap(1_000);
    const waits: number[] = [];
    for (const offset of [0, 1, 2]) {
      const from = performance.now();
      const handed = member.deliver(new FakeBatch([offset])).then(() => performance.now() - from);
      await member.clock.tickAsync(2_000);
      waits.push(await handed);
    }
    expect(waits).to.deep.equal([200, 0, 0]);
    member.handler = () => nap(10);
    void member.deliver(new FakeBatch([3]));
    await member.clock.tickAsync(50);
    const from = performance.now();
    const handed = member.deliver(new FakeBatch([4])).then(() => performance.now() - from);
    await member.clock.tickAsync(50);
    expect(await handed).to.equal(10);
  });

  it('work that is carried on for long keeps copies, so that it pins no response', async () => {
    await member.start({ order: 'partition', retry: { maxAttempts: 2, initialDelayMs: 5_000 } });
    const response = Buffer.from('AAAABBBB');
    const batch = new FakeBatch([0, 1]);
    batch.records[0] = { ...batch.recordAt(0), value: response.subarray(0, 4), headers: {} };
    batch.records[1] = {
      ...batch.recordAt(1),
      value: response.subarray(4),
      headers: { h: response.subarray(0, 1), list: [response.subarray(1, 2)] },
    };
    const seen: string[] = [];
    member.handler = async ({ value, headers }, { attempt }) => {
      seen.push(String(value), JSON.stringify(headers));
      if (attempt === 1) throw new Error('again');
    };
    void member.deliver(batch);
    await member.clock.tickAsync(2_000);
    response.fill('x');
    await member.clock.tickAsync(20_000);
    const copied = JSON.stringify({ h: Buffer.from('A'), list: [Buffer.from('A')] });
    expect(seen).to.deep.equal(['AAAA', '{}', 'AAAA', '{}', 'BBBB', copied, 'BBBB', copied]);
  });

  it('work that is carried on for long is copied once', async () => {
    await member.start({ retry: { maxAttempts: 3, initialDelayMs: 3_000 } });
    const seen: (Buffer | null)[] = [];
    member.handler = async ({ value }) => {
      seen.push(value);
      throw new Error('again');
    };
    const batch = new FakeBatch([0]);
    void member.deliver(batch);
    await member.clock.tickAsync(20_000);
    const [fetched, copy, later] = seen;
    expect(fetched).to.equal(batch.recordAt(0).value);
    expect(copy).not.to.equal(fetched);
    expect(later).to.equal(copy);
  });

  it('K5: a handler may take longer than the session timeout', async () => {
    await member.start({}, { sessionTimeoutMs: 10_000 });
    member.handler = () => nap(20_000);
    const batch = new FakeBatch([0]);
    void member.deliver(batch);
    await member.clock.tickAsync(21_000);
    expect(batch.heartbeats).to.be.greaterThan(3);
    expect(member.crashes).to.deep.equal([]);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
  });
});
