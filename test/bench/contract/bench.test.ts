import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../scripts/run_command.js';
import { testBrokers } from '../../support/broker.js';

const MAIN = join(import.meta.dirname, '..', 'main.js');

describe('the comparison with raw kafkajs', function () {
  this.timeout(90_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const bench = async (rows: string, more: NodeJS.ProcessEnv = {}) => {
    const KAFKA_BROKERS = (await testBrokers()).join(',');
    const env = {
      ...process.env,
      KAFKA_BROKERS,
      BROKER: 'the tests’ broker',
      DATA: folder,
      ROWS: rows,
      ...more,
    };
    return runCommand(process.execPath, [MAIN], { env, timeoutMs: 60_000 });
  };

  it('measures both sides on the brokers that it is given, prints a table and writes bench.json', async () => {
    const result = await bench('start');
    expect(result?.status, result?.output).to.equal(0);
    expect(result?.output).to.match(/\| start \| +[\d.,]+ \| +[\d.,]+ \| +[\d.,]+ \| ms/);
    const [row, ...others] = JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8')) as unknown[];
    expect(others).to.deep.equal([]);
    expect(row).to.include({ name: 'start', unit: 'ms', broker: 'the tests’ broker', node: process.version });
    const { ours, baseline, ratio } = row as Record<'ours' | 'baseline' | 'ratio', number>;
    expect(ours).to.be.greaterThan(0);
    expect(ratio).to.be.closeTo(baseline / ours, 0.02 * ratio);
  });

  it('refuses rows that there are not, and a document of some rows only', async () => {
    const unknown = await bench('publish-1,start');
    expect(unknown).to.include({ status: 64 });
    expect(unknown?.output).to.match(/ROWS: there is no publish-1; there are .*publish-100/);
    expect(await bench('start', { DOCS: '1' })).to.include({ status: 64 });
  });
});
