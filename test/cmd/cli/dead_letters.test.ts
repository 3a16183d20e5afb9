import { expect } from 'chai';
import {
  createKafkajsDriver,
  KafkaAdmin,
  KafkaManager,
  NonRetryableError,
  readPartition,
} from '../../../pkg/kafka/index.js';
import { silentLogger } from '../../../pkg/kafka/silent_logger.js';
import { testBrokers, uniqueName } from '../../support/broker.js';
import { eventually } from '../../support/eventually.js';
import { cli, cliJson, type CliRun } from './run_in_process.js';

interface Letter {
  place: string;
  error: string;
  message: string;
  attempts: number;
  eventType: string | null;
  original: { topic: string; offset: string };
  record: { key: string; value: unknown };
}

interface Decision {
  action: string;
  by: string;
  reason: string | null;
  offset: string;
}

class BadPostcode extends NonRetryableError {
  override readonly name = 'BadPostcode';
}

describe('cmd/cli dead-letters', function () {
  this.timeout(30_000);
  let brokers: readonly string[];
  let admin: KafkaAdmin;
  let kafka: KafkaManager;
  let topic: string;
  let group: string;
  /** What the handler refuses. */
  let refused: Set<string>;
  let handled: { value: Buffer; headers: Record<string, unknown> }[];
  let ours: string[];

  beforeEach(async () => {
    brokers = await testBrokers();
    const driver = createKafkajsDriver({ brokers, clientId: 'test', logger: silentLogger });
    admin = new KafkaAdmin(driver);
    kafka = new KafkaManager(driver, { consumer: { floodGuard: false } });
    topic = uniqueName('orders');
    group = uniqueName('billing');
    ours = ['--topic', topic, '--group', group];
    refused = new Set(['bad', '\xff']);
    handled = [];
    await admin.ensureTopics([{ topic, partitions: 2, replicationFactor: 1 }]);
    kafka.addConsumer(topic, group, async ({ value, headers }) => {
      const bytes = Buffer.from(value ?? '');
      if (refused.has(bytes.toString('latin1'))) throw new BadPostcode('no such postcode');
      handled.push({ value: bytes, headers: { ...headers } });
    });
    await kafka.startAllConsumers();
  });

  afterEach(() => kafka.close());

  /** Sends messages that fail, and waits until they are dead letters. */
  async function fail(...messages: { key: string; value: string | Buffer; type?: string }[]): Promise<void> {
    for (const { key, value, type } of messages) {
      const headers = { 'event-type': type ?? 'order.placed', twice: ['1', '2'] };
      await kafka.sendMessage(topic, key, value, { headers });
    }
    await eventually(async () => (await letters()).length === messages.length);
  }

  async function run(...args: string[]): Promise<CliRun> {
    const done = await cli(['dead-letters', ...args, ...ours], { brokers });
    expect(done.code, done.stderr).to.equal(0);
    return done;
  }

  const letters = (...filter: string[]) =>
    cliJson<Letter[]>(['dead-letters', 'list', ...ours, ...filter], { brokers });

  it('list shows what failed, and why', async () => {
    await fail({ key: 'k', value: 'bad' });
    const [letter] = await letters();
    expect(letter).to.deep.include({
      error: 'BadPostcode',
      message: 'no such postcode',
      attempts: 1,
      eventType: 'order.placed',
    });
    expect(letter?.original).to.include({ topic, offset: '0' });
    expect(letter?.record).to.include({ key: 'k', value: 'bad' });
    const { stdout } = await run('list');
    expect(stdout).to.include('BadPostcode: no such postcode').and.to.include(`${topic}.${group}-dlt[`);
  });

  it('replay hands the very bytes to the group again, and each letter once', async () => {
    const bytes = Buffer.from([0xff]);
    await fail({ key: 'k', value: bytes }, { key: 'k', value: 'bad' });
    refused.clear();
    const { stdout, stderr } = await run('replay', '--all');
    expect(stdout).to.match(
      new RegExp(`^replayed .*-dlt\\[\\d\\]@0 to ${topic}\\.${group}-retry-0\\[\\d\\]@0\n`),
    );
    expect(stderr).to.equal('2 replayed\n');
    await eventually(() => handled.length === 2);
    expect(handled.map(({ value }) => value.toString('latin1'))).to.deep.equal(['\xff', 'bad']);
    const { twice } = handled[0]?.headers ?? {};
    expect((twice as Buffer[]).map(String)).to.deep.equal(['1', '2']);
    expect(await letters()).to.deep.equal([]);
    expect((await run('replay', '--all')).stderr).to.equal('0 replayed\n');
    expect(await admin.groupLag(`${topic}.${group}-dlt`)).to.satisfy((lags: { lag: number }[]) =>
      lags.every(({ lag }) => lag === 0),
    );
  });

  it('replay of what fails again makes a dead letter again, which keeps where it came from', async () => {
    await fail({ key: 'k', value: 'bad' });
    const [before] = await letters();
    await run('replay', '--all');
    let after: Letter | undefined;
    await eventually(async () => {
      [after] = await letters();
      return after !== undefined && after.place !== before?.place;
    });
    expect(after?.original).to.deep.equal(before?.original);
  });

  it('choose by place, key, type, error and time', async () => {
    await fail(
      { key: 'a', value: 'bad', type: 'order.placed' },
      { key: 'b', value: 'bad', type: 'order.paid' },
    );
    const all = await letters();
    const keys = async (...filter: string[]) => (await letters(...filter)).map(({ record }) => record.key);
    expect(await keys('--key', 'a')).to.deep.equal(['a']);
    expect(await keys('--type', 'order.paid')).to.deep.equal(['b']);
    expect(await keys('--error', 'Other')).to.deep.equal([]);
    expect(await keys('--error', 'BadPostcode')).to.have.length(2);
    expect(await keys('--since', '2001-01-01', '--until', '2002-01-01')).to.deep.equal([]);
    const one = all.find(({ record }) => record.key === 'b');
    const id =
      /\[(\d+)\]@(\d+)$/
        .exec(one?.place ?? '')
        ?.slice(1)
        .join('@') ?? '';
    expect(await keys('--id', id)).to.include('b');
    expect(await keys('--limit', '1')).to.have.length(1);
    const dry = await run('replay', '--key', 'a', '--dry-run');
    expect(dry.stdout).to.include('would be replayed');
    expect(await letters()).to.have.length(2);
    refused.clear();
    await run('replay', '--key', 'b', '--rate', '100');
    await eventually(() => handled.length === 1);
    expect(await keys()).to.deep.equal(['a']);
  });

  it('discard leaves a record of who, when and why, and the letter does not come up again', async () => {
    await fail({ key: 'k', value: 'bad' });
    const decision = await cliJson<Decision>(
      ['dead-letters', 'discard', ...ours, '--all', '--reason', 'a test order'],
      { brokers },
    );
    expect(decision).to.include({ action: 'discarded', reason: 'a test order', offset: '0' });
    expect(decision.by).to.match(/^.+@.+$/);
    expect(await letters()).to.deep.equal([]);
    const driver = createKafkajsDriver({ brokers, clientId: 'test', logger: silentLogger });
    const stored: Decision[] = [];
    for (const partition of [0, 1]) {
      const from = {
        topic: `${topic}.${group}-dlt-decisions`,
        partition,
        from: 'earliest',
        to: 'end',
      } as const;
      for await (const { records } of readPartition(driver, from)) {
        stored.push(...records.map(({ value }) => JSON.parse(String(value)) as Decision));
      }
    }
    expect(stored).to.deep.equal([decision]);
    expect(handled).to.deep.equal([]);
  });

  describe('of topics and groups whose names together are the name of one topic', () => {
    /** Puts a dead letter where those of a topic and a group go; its key is its name. */
    async function put(name: string, of: { topic: string; group: string }, says = true): Promise<void> {
      const deadLetters = `${of.topic}.${of.group}-dlt`;
      await admin.ensureTopics([{ topic: deadLetters, partitions: 1, replicationFactor: 1 }]);
      const headers = {
        'kafka_dlt-original-topic': of.topic,
        'kafka_dlt-original-consumer-group': of.group,
      };
      await kafka.sendMessage(deadLetters, name, 'bad', says ? { headers } : {});
    }

    async function keys(...choice: string[]): Promise<string[]> {
      const found = await cliJson<Letter[]>(['dead-letters', 'list', ...choice], { brokers });
      return found.map(({ record }) => record.key).sort();
    }

    beforeEach(async () => {
      await put('ours', { topic, group });
      await put('of the longer group', { topic, group: `eu.${group}` });
      await put('of the longer topic', { topic: `${topic}.eu`, group });
    });

    it('list shows only those of the topic and the group that are named', async () => {
      expect(await keys('--topic', topic, '--group', group)).to.deep.equal(['ours']);
      expect(await keys('--topic', topic, '--group', `eu.${group}`)).to.deep.equal(['of the longer group']);
      expect(await keys('--topic', topic)).to.deep.equal(['of the longer group', 'ours']);
      expect(await keys('--group', group)).to.deep.equal(['of the longer topic', 'ours']);
    });

    it('discard and replay leave those of others alone', async () => {
      await run('discard', '--all', '--reason', 'a test order');
      const all = ['of the longer group', 'of the longer topic'];
      expect([...(await keys('--topic', topic)), ...(await keys('--group', group))]).to.deep.equal(all);
      const replays = `${topic}.eu.${group}-retry-0`;
      await admin.ensureTopics([{ topic: replays, partitions: 1, replicationFactor: 1 }]);
      await cliJson(['dead-letters', 'replay', '--topic', topic, '--all'], { brokers });
      expect(await keys('--topic', topic)).to.deep.equal([]);
      expect(await keys('--group', group)).to.deep.equal(['of the longer topic']);
    });

    it('what does not say whose it is goes by the name of its topic, where that says it', async () => {
      await put('silent', { topic, group }, false);
      await put('silent', { topic, group: `eu.${group}` }, false);
      expect(await keys('--topic', topic)).to.deep.equal(['of the longer group', 'ours', 'silent']);
      expect(await keys('--group', group)).to.deep.equal(['of the longer topic', 'ours', 'silent']);
      const both = await keys('--topic', topic, '--group', `eu.${group}`);
      expect(both).to.deep.equal(['of the longer group', 'silent']);
    });

    it('those of messages that were put into the topic of replays by hand are of its topic', async () => {
      await kafka.sendMessage(`${topic}.${group}-retry-0`, 'by hand', 'bad');
      await eventually(async () => (await keys('--topic', topic, '--group', group)).includes('by hand'));
      expect(await keys('--topic', topic)).to.include('by hand');
    });
  });

  it('ask which are meant, and name what there is none of', async () => {
    const mistakes: readonly (readonly [string[], number, RegExp])[] = [
      [['replay'], 64, /say which dead letters, or --all/],
      [['replay', '--topic', topic, '--group', group], 64, /say which dead letters, or --all/],
      [['discard', '--all'], 64, /required option '--reason/],
      [['replay', '--id', '7'], 64, /partition@offset/],
      [['list', '--since', 'yesterday'], 64, /a time such as/],
      [['list', '--topic', 'no-such-topic'], 1, /there are no dead letters of no-such-topic and any group/],
    ];
    for (const [args, code, said] of mistakes) {
      const done = await cli(['dead-letters', ...args], { brokers });
      expect([done.code, done.stdout], args.join(' ')).to.deep.equal([code, '']);
      expect(done.stderr).to.match(said);
    }
  });
});
