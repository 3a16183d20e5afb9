import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { startBrokerProcess } from '../../../../pkg/devbroker/index.js';
import { eventually } from '../../../support/eventually.js';

const PACKAGE = new URL('../../../../pkg/devbroker/index.js', import.meta.url).href;

/** Whether anybody listens on the port. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

async function end(brokers: readonly string[], topic: string): Promise<string | undefined> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic))[0]?.high;
  } finally {
    await admin.disconnect();
  }
}

describe('devbroker: a broker in a process of its own', () => {
  it('serves as one in this process does, with its options, until it is stopped', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'broker-process-'));
    try {
      const broker = await startBrokerProcess({ dataDir, topics: { orders: 1 } });
      expect(broker.pid).to.not.equal(process.pid);
      expect(await end(broker.brokers, 'orders')).to.equal('0');
      await Promise.all([broker.stop(), broker.stop()]);
      await broker.stop();
      expect(await answers(Number(broker.brokers[0]?.split(':')[1]))).to.equal(false);
      const again = await startBrokerProcess({ dataDir });
      expect(await end(again.brokers, 'orders'), 'the folder was given back').to.equal('0');
      await again.stop();
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('fails to start with the error of the broker', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    expect(await rejection(startBrokerProcess({ port }))).to.include({ code: 'EADDRINUSE', port });
    taken.close();
    expect(await rejection(startBrokerProcess({ topics: { 'a b': 1 } }))).to.include({
      name: 'BrokerError',
      code: 17,
    });
    expect(await rejection(startBrokerProcess({ advertisedNodes: 99 }))).to.have.property(
      'name',
      'RangeError',
    );
  });

  it('is told of when it ends unasked, and lives on when a signal meant for the service reaches it', async () => {
    const problems: string[] = [];
    const broker = await startBrokerProcess({
      topics: { orders: 1 },
      onProblem: (message) => problems.push(message),
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(broker.pid, signal);
    expect(await end(broker.brokers, 'orders')).to.equal('0');
    expect(problems).to.deep.equal([]);
    process.kill(broker.pid, 'SIGKILL');
    await eventually(() => problems.length === 1, { what: 'the end is told' });
    expect(problems[0]).to.include('SIGKILL');
    await broker.stop();
  });

  it('ends with the process that started it, also when that is killed', async () => {
    const script = `
      const { startBrokerProcess } = await import(${JSON.stringify(PACKAGE)});
      console.log(...(await startBrokerProcess()).brokers);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const port = Number(String(chunk).split(':')[1]);
    expect(await answers(port)).to.equal(true);
    parent.kill('SIGKILL');
    await eventually(async () => !(await answers(port)), { what: 'the broker ends' });
  });
});
