import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSandbox } from 'sinon';
import { projectRoot } from '../../config/project_root.js';
import { processLives } from '../../scripts/apache_kafka/processes.js';
import { MissingToolError } from '../../scripts/apache_kafka/toolchain.js';
import { startBrokerProgram } from '../../scripts/broker_program.js';
import { javaToolChecks } from '../../scripts/verify_broker/java_tools.js';
import { type Client, verifyClients } from '../../scripts/verify_broker/verify.js';
import { rejection } from '../support/caught.js';

describe('verification of the embedded broker by clients of others', () => {
  const sandbox = createSandbox();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verify-broker-test-'));
  });

  afterEach(async () => {
    sandbox.restore();
    await rm(folder, { recursive: true, force: true });
  });

  const there: Client = {
    name: 'there',
    open: () =>
      Promise.resolve({
        client: 'there 1.0',
        checks: [
          { what: 'to work', run: () => Promise.resolve() },
          { what: 'to fail', run: () => Promise.reject(new Error('no answer')) },
        ],
      }),
    mayBeMissing: false,
  };
  const missing = (mayBeMissing: boolean): Client => ({
    name: 'missing',
    open: () => Promise.reject(new MissingToolError('it is not installed')),
    mayBeMissing,
  });

  it('tells what came of each check', async () => {
    const lines: string[] = [];
    const verification = await verifyClients([there], (line) => lines.push(line));
    expect(verification).to.deep.equal({
      outcomes: [
        { client: 'there 1.0', what: 'to work' },
        { client: 'there 1.0', what: 'to fail', failure: 'no answer' },
      ],
      complete: true,
    });
    expect(lines).to.deep.equal(['works  there 1.0: to work', 'FAILED there 1.0: to fail: no answer']);
  });

  it('is not complete without a client that may be missing, and goes on with the others', async () => {
    const lines: string[] = [];
    const { outcomes, complete } = await verifyClients([missing(true), there], (line) => lines.push(line));
    expect(complete).to.equal(false);
    expect(outcomes.map(({ client }) => client)).to.deep.equal(['there 1.0', 'there 1.0']);
    expect(lines[0]).to.equal('skipped missing: it is not installed');
  });

  it('fails without a client that must be there, and goes on with the others', async () => {
    const { outcomes, complete } = await verifyClients([missing(false), there], () => undefined);
    expect(complete).to.equal(false);
    expect(outcomes).to.have.length(3);
    expect(outcomes[0]).to.deep.equal({
      client: 'missing',
      what: 'all of it',
      failure: 'it is not installed',
    });
  });

  it('runs the Java tools with the Java of JAVA_HOME', async () => {
    const java = join(folder, 'bin', 'java');
    await mkdir(join(folder, 'bin'));
    await writeFile(java, '#!/bin/sh\n[ "$1" = -version ] && echo \'openjdk version "17.0.1"\' || exit 3\n');
    await chmod(java, 0o755);
    sandbox.stub(process, 'env').value({ ...process.env, JAVA_HOME: folder });
    const { checks } = await javaToolChecks('localhost:1', folder);
    const { message } = await rejection(checks[0]!.run(), Error);
    expect(message).to.include(`${java} ended with 3`);
  });

  it('is a failure, not a crash, without a Java', async () => {
    sandbox.stub(process, 'env').value({ ...process.env, JAVA_HOME: join(folder, 'nothing') });
    await rejection(javaToolChecks('localhost:1', folder), MissingToolError);
  });

  it('waits until the broker has ended and given its data back', async function () {
    this.timeout(30_000);
    const broker = await startBrokerProgram(projectRoot(), ['--data', folder]);
    const { pid } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { pid: number };
    expect(pid).to.equal(broker.pid);
    await broker.stop();
    expect(processLives(pid)).to.equal(false);
    await rejection(readFile(join(folder, 'run.json')), Error);
  });
});
