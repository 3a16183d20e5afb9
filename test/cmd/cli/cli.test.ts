import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { EXIT_CODES } from '../../../pkg/kafka_cli/failures.js';
import { testBrokers, uniqueName } from '../../support/broker.js';
import { eventually } from '../../support/eventually.js';
import { cli, cliJson, type CliRun, type RunOptions } from './run_in_process.js';

interface Message {
  topic: string;
  offset: string;
  key: string | null;
  value: unknown;
  headers: Record<string, unknown>;
}

describe('cmd/cli', function () {
  this.timeout(20_000);
  let brokers: readonly string[];
  let topic: string;

  before(async () => {
    brokers = await testBrokers();
  });

  beforeEach(async () => {
    topic = uniqueName('cli');
    await run('topics', 'create', topic, '--partitions', '2');
  });

  /** Runs it on the test's brokers, without an error. */
  async function run(...args: string[]): Promise<CliRun> {
    const done = await cli(args, { brokers });
    expect(done.code, done.stderr).to.equal(0);
    return done;
  }

  const json = <T>(args: readonly string[], options: RunOptions = {}) =>
    cliJson<T>(args, { brokers, ...options });
  const messages = ({ stdout }: CliRun): Message[] =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Message);

  it('creates a topic with its settings, describes it and lists it', async () => {
    const name = uniqueName('made');
    await run('topics', 'create', name, '--partitions', '2', '--config', 'retention.ms=1000');
    const described = await json<{ partitions: unknown[]; configs: object; offsets: unknown[] }>([
      'topics',
      'describe',
      name,
    ]);
    expect(described.partitions).to.have.length(2);
    expect(described.offsets).to.deep.equal([
      { partition: 0, low: '0', high: '0' },
      { partition: 1, low: '0', high: '0' },
    ]);
    expect(described.configs).to.include({ 'retention.ms': '1000' });
    expect((await run('topics', 'describe', name)).stdout).to.include('retention.ms=1000');
    expect((await run('topics', 'list')).stdout.split('\n')).to.include(name);
    expect(await json<string[]>(['topics', 'list'])).to.include(name);
  });

  it('says that a topic exists, and with --if-missing where it differs', async () => {
    const again = await cli(['topics', 'create', topic], { brokers });
    expect([again.code, again.stderr]).to.deep.equal([1, `cli: topic ${topic} exists already\n`]);
    const { stdout } = await run('topics', 'create', topic, '--partitions', '7', '--if-missing');
    expect(stdout).to.include('exists already').and.to.include('partitions is 2, not 7');
  });

  it('sends a message, and prints it with all that belongs to it', async () => {
    const sent = await run('produce', topic, 'hello\nthere', '--key', 'k', '--header', 'a=b=c');
    expect(sent.stdout).to.match(new RegExp(`^stored at ${topic}\\[[01]\\]@0\n$`));
    const [message] = messages(await run('consume', topic, '--json'));
    expect(message).to.deep.include({
      topic,
      offset: '0',
      key: 'k',
      value: 'hello\nthere',
      headers: { a: 'b=c' },
    });
    const { stdout } = await run('consume', topic);
    expect(stdout).to.match(new RegExp(`^\\d{4}-\\S+Z {2}${topic}\\[[01]\\]@0 {2}k {2}hello\\\\nthere\n$`));
  });

  it('sends each line of its input, and a tombstone', async () => {
    const { code, stdout } = await cli(['produce', topic, '--key', 'k'], { brokers, input: 'a\nb\nc\n' });
    expect([code, stdout.split('\n').length - 1]).to.deep.equal([0, 3]);
    await run('produce', topic, '--key', 'k', '--tombstone');
    const values = messages(await run('consume', topic, '--json')).map(({ value }) => value);
    expect(values).to.deep.equal(['a', 'b', 'c', null]);
    expect((await run('consume', topic)).stdout).to.include('(tombstone)');
  });

  it('prints from where it is told, as much as it is told, and only of a key', async () => {
    await cli(['produce', topic, '--partition', '1'], { brokers, input: 'a\nb\nc' });
    await run('produce', topic, 'keyed', '--key', 'k', '--partition', '0');
    const values = async (...args: string[]) =>
      messages(await run('consume', topic, '--json', ...args)).map(({ value }) => value);
    expect(await values('--partition', '1', '--from', '2')).to.deep.equal(['c']);
    expect(await values('--partition', '1', '--limit', '2')).to.deep.equal(['a', 'b']);
    expect(await values('--key', 'k')).to.deep.equal(['keyed']);
    expect(await values('--from', 'latest')).to.deep.equal([]);
    expect(await values('--from', '2000-01-01T00:00:00Z')).to.have.length(4);
  });

  it('follows topics with what comes, until it is told to stop, and ends well', async () => {
    const stop = new AbortController();
    let seen = '';
    const following = cli(['consume', topic, '--follow'], {
      brokers,
      signal: stop.signal,
      onOutput: (stdout) => (seen = stdout),
    });
    // It begins at the end, wherever that is when it gets there.
    await eventually(async () => {
      await run('produce', topic, 'new', '--key', 'k');
      return seen.includes('new');
    });
    stop.abort();
    expect((await following).code).to.equal(0);
  });

  it('prints from an offset on where partitions have it, and from the nearer end of the others', async () => {
    await cli(['produce', topic, '--partition', '1'], { brokers, input: 'a\nb\nc' });
    await run('produce', topic, 'short', '--partition', '0');
    const from = async (offset: string) =>
      messages(await run('consume', topic, '--json', '--from', offset)).map(({ value }) => value);
    expect(await from('2')).to.deep.equal(['c']);
    expect(await from('100')).to.deep.equal([]);
  });

  it('ends with 130 when it is interrupted before its input has ended, with what was sent reported', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    stdin.write('one line\n');
    const sending = cli(['produce', topic, '--key', 'k'], { brokers, stdin, signal: stop.signal });
    await eventually(async () => messages(await run('consume', topic, '--json')).length === 1);
    stop.abort();
    const { code, stdout, stderr } = await sending;
    expect([code, stderr]).to.deep.equal([130, '']);
    expect(stdout).to.match(/^stored at .*@0\n$/);
  });

  it('prints bytes that are no text as Base64, and no control characters', async () => {
    await run('produce', topic, '\u001b[2J\u009b1m', '--key', 'k');
    const { stdout } = await run('consume', topic);
    expect(stdout).to.include('\\u001b[2J\\u009b1m');
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(stdout).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('puts a group where it is told, and tells how far it is behind', async () => {
    const group = uniqueName('group');
    await cli(['produce', topic, '--partition', '1'], { brokers, input: 'a\nb\nc' });
    const reset = ['groups', 'reset', group, '--topic', topic];
    const changes = await json<object[]>([...reset, '--to', '1', '--partition', '1']);
    expect(changes).to.deep.equal([{ group, topic, partition: 1, from: null, to: '1' }]);
    expect(await json(['groups', 'lag', group])).to.have.nested.property('[0].lag', 2);
    expect((await run('groups', 'lag', group)).stdout).to.include('2 behind in all');
    expect((await run(...reset, '--to', 'latest')).stdout).to.include(`${topic}[1]@1  ${topic}[1]@3`);
    expect((await run('groups', 'list')).stdout).to.match(new RegExp(`${group} +Empty +0`));
    const all = await json<{ group: string }[]>(['groups', 'lag']);
    expect(all.map((one) => one.group)).to.include(group);
  });

  it('prints the configuration with where each value comes from, and no secret', async () => {
    const token = 'a-control-token-of-more-than-32-characters';
    const env = { HTTP_CONTROL_TOKEN: token, HTTP_PORT: '1234' };
    const { code, stdout } = await cli(['config', 'print', '--set', 'LOG.LEVEL=warn'], { env });
    expect(code).to.equal(0);
    expect(stdout).to.match(/^HTTP\.PORT +1234 +env HTTP_PORT$/m);
    expect(stdout).to.match(/^LOG\.LEVEL +warn +flag LOG\.LEVEL$/m);
    expect(stdout).to.match(/^HTTP\.CONTROL_TOKEN +\(set, not shown\) +env HTTP_CONTROL_TOKEN$/m);
    expect(stdout).to.match(/^KAFKA\.SSL\.SERVER_NAME +\(not set\) +default$/m);
    const all = await cliJson<{ key: string; value?: unknown }[]>(['config', 'print'], { env });
    expect(JSON.stringify(all)).not.to.include(token);
    expect(all.find(({ key }) => key === 'HTTP.PORT')?.value).to.equal(1234);
  });

  const MISTAKES: readonly (readonly [string[], number, RegExp])[] = [
    [[], 64, /Usage: cli/],
    [['nonsense'], 64, /unknown command 'nonsense'/],
    [['topics', 'lst'], 64, /Did you mean list/],
    [['topics', 'create'], 64, /missing required argument 'topic'/],
    [['topics', 'create', 't', '--partitions', '0'], 64, /whole number from 1/],
    [['topics', 'create', 't', '--config', 'x'], 64, /name=value/],
    [['groups', 'reset', 'g', '--topic', 't', '--to', 'soon'], 64, /earliest, latest, an offset, or a time/],
    [['groups', 'reset', 'g', '--topic', 't', '--to', '2026-13-01'], 64, /latest, an offset, or a time/],
    [['groups', 'reset', 'g', '--topic', 't', '--to', '-5'], 64, /latest, an offset, or a time/],
    [['produce', 't', 'v', '--tombstone'], 64, /--tombstone has no value/],
    [['topics', 'describe', 'no-such-topic'], 1, /^cli: Topic no-such-topic does not exist/],
    [['produce', 'no-such-topic', 'v'], 1, /^cli: Topic no-such-topic does not exist/],
    [['consume', 'no-such-topic'], 1, /^cli: Topic no-such-topic does not exist/],
    [['groups', 'lag', 'no-such-group'], 1, /^cli: Group no-such-group does not exist/],
    [['topics', 'list', '--brokers', '127.0.0.1:1'], 69, /^cli: No Kafka broker answers at 127\.0\.0\.1:1/],
    [['topics', 'list', '--set', 'KAFKA.BROKER=x'], 78, /did you mean KAFKA\.BROKERS/],
    [['topics', 'list', '--set', 'HTTP.CONTROL_TOKEN=x'], 78, /flags show in process lists/],
  ];
  for (const [args, code, said] of MISTAKES) {
    it(`ends with ${code} and says why: cli ${args.join(' ')}`, async () => {
      const done = await cli(args, { brokers });
      expect([done.code, done.stdout]).to.deep.equal([code, '']);
      expect(done.stderr).to.match(said);
      expect(done.stderr).not.to.match(/^ +at /m);
    });
  }

  it('ends with 64 and names the partition that a topic does not have: cli consume --partition', async () => {
    const done = await cli(['consume', topic, '--partition', '99'], { brokers });
    expect([done.code, done.stdout]).to.deep.equal([64, '']);
    expect(done.stderr).to.equal(`cli: no partition 99 is in ${topic}
`);
  });

  it('ends with 64 and moves nothing where a topic lacks the partition: cli groups reset --partition', async () => {
    const group = uniqueName('group');
    const reset = ['groups', 'reset', group, '--topic', topic, '--to', 'latest'];
    const done = await cli([...reset, '--partition', '99'], { brokers });
    expect([done.code, done.stdout]).to.deep.equal([64, '']);
    expect(done.stderr).to.match(/^cli: .*partitions is 99; it must be a partition of topic/);
    expect(done.stderr).to.include(topic);
    expect((await run('groups', 'list')).stdout).not.to.include(group);
  });

  it('has the exit codes in its help and in its README', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).to.equal(0);
    const readme = readFileSync('cmd/cli/README.md', 'utf8');
    for (const [number, meaning] of EXIT_CODES) {
      expect(stdout).to.include(`${String(number).padEnd(4)} ${meaning}`);
      expect(readme).to.include(`| ${number} | ${meaning} |`);
    }
  });

  it('describes every command, in its README as well', async () => {
    const readme = readFileSync('cmd/cli/README.md', 'utf8');
    for (const group of ['config', 'topics', 'groups', 'dead-letters']) {
      const help = (await cli([group, '--help'])).stdout;
      const names = [...help.matchAll(/^ {2}(\w+) .*/gm)].map(([, name]) => String(name));
      const own = names.filter((name) => name !== 'help');
      expect(own).not.to.deep.equal([]);
      for (const name of own) expect(readme).to.include(`\`${group} ${name}`);
    }
    for (const args of [[], ['config'], ['topics'], ['groups'], ['dead-letters'], ['produce'], ['consume']]) {
      const { code, stdout } = await cli([...args, '--help']);
      expect([code, stdout.length > 100]).to.deep.equal([0, true]);
    }
  });
});
