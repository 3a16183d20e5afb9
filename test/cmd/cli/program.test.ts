import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { testBrokers, uniqueName } from '../../support/broker.js';
import { Program, temporaryFolder } from '../../support/program.js';
import { cli } from './run_in_process.js';

/** What only the program as a process shows. */
describe('cmd/cli as a process', function () {
  this.timeout(20_000);
  let program: Program;

  afterEach(async () => {
    program.kill('SIGKILL');
    await program.exit();
  });

  it('starts no broker of its own: it says how to have one and exits 69', async () => {
    const dataDir = temporaryFolder();
    try {
      program = new Program('cmd/cli/main', { args: ['topics', 'list'], dataDir });
      expect(await program.exit()).to.equal(69);
      expect(program.stderr).to.match(/make run.*make broker.*KAFKA_BROKERS/);
      expect(program.stdout).to.equal('');
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('follows until Ctrl-C, and then ends well and by itself', async () => {
    const brokers = await testBrokers();
    const topic = uniqueName('followed');
    await cli(['topics', 'create', topic], { brokers });
    await cli(['produce', topic, 'hello'], { brokers });
    program = new Program('cmd/cli/main', {
      args: ['consume', topic, '--follow', '--from', 'earliest', '--brokers', brokers.join(',')],
    });
    await program.shows(/hello/);
    program.kill('SIGINT');
    expect(await program.exit()).to.equal(0);
    expect(program.stderr).to.equal(`Following ${topic}; Ctrl-C ends.\n`);
  });
});
