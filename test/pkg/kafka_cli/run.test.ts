import { PassThrough, Readable } from 'node:stream';
import { Command } from 'commander';
import { expect } from 'chai';
import sinon from 'sinon';
import { ConfigError } from '../../../pkg/config/index.js';
import { BrokerUnreachable } from '../../../pkg/kafka/index.js';
import {
  type Cli,
  type CommonOptions,
  type KafkaCli,
  type KafkaTools,
  runKafkaCli,
} from '../../../pkg/kafka_cli/index.js';
import { NotAvailable } from '../../../pkg/program/index.js';

describe('a program with the commands about Kafka', () => {
  const sandbox = sinon.createSandbox();
  const listTopics = sandbox.stub();
  const close = sandbox.stub();
  const tools = { admin: { listTopics }, close } as unknown as KafkaTools;
  let opened: CommonOptions[];

  beforeEach(() => {
    sandbox.reset();
    listTopics.resolves(['a', 'b']);
    close.resolves();
    opened = [];
  });

  async function run(args: readonly string[], options: Partial<KafkaCli> = {}) {
    const text = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') =>
      new PassThrough().setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk;
      });
    const open = async (given: CommonOptions) => {
      opened.push(given);
      return tools;
    };
    const code = await runKafkaCli(
      { name: 'orders', description: 'Tools of orders.', open, ...options },
      args,
      {
        stdin: Readable.from([]),
        stdout: stream('stdout'),
        stderr: stream('stderr'),
        signal: new AbortController().signal,
      },
    );
    return { code, ...text };
  }

  it('opens what a command works with by the options that it was given, and closes it', async () => {
    const { code, stdout } = await run(['topics', 'list', '--brokers', 'a:1', '--set', 'X.Y=1']);
    expect([code, stdout]).to.deep.equal([0, 'a\nb\n']);
    expect(opened).to.deep.equal([
      { json: false, brokers: 'a:1', set: { 'X.Y': '1' }, verbose: false, internal: false },
    ]);
    sinon.assert.calledOnce(close);
  });

  it('closes it when the command fails as well, and says why under its own name', async () => {
    listTopics.rejects(new Error('no luck'));
    expect(await run(['topics', 'list'])).to.deep.equal({ code: 1, stdout: '', stderr: 'orders: no luck\n' });
    sinon.assert.calledOnce(close);
  });

  for (const [failure, code] of [
    [new ConfigError([]), 78],
    [new NotAvailable('nothing runs'), 69],
    [new BrokerUnreachable(['a:1'], 'refused'), 69],
    [new Error('else'), 1],
  ] as const) {
    it(`ends with ${code} where opening fails by ${failure.name}`, async () => {
      expect((await run(['topics', 'list'], { open: () => Promise.reject(failure) })).code).to.equal(code);
    });
  }

  it('takes commands beside its own, which open nothing', async () => {
    const more = [
      {
        name: 'about',
        about: 'About the program.',
        commands: [
          (cli: Cli) =>
            new Command('name').action(() => {
              cli.result('orders', (name) => `this is ${name}`);
            }),
        ],
      },
    ];
    expect(await run(['about', 'name'], { more })).to.include({ code: 0, stdout: 'this is orders\n' });
    expect((await run(['about', 'name', '--json'], { more })).stdout).to.equal('"orders"\n');
    expect((await run(['--help'], { more })).stdout).to.match(/About the program\.[^]*Consumer groups\./);
    expect(opened).to.deep.equal([]);
  });
});
