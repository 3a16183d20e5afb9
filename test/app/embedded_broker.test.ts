import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { createSandbox } from 'sinon';
import { loadConfig } from '../../config/config.js';
import { openEmbeddedBroker } from '../../internal/app/embedded_broker.js';
import { type BrokerHandle } from '../../internal/app/tokens.js';
import { NotAvailable } from '../../pkg/program/not_available.js';
import { rejection } from '../support/caught.js';
import { eventually } from '../support/eventually.js';
import { withoutHardLinks } from '../support/no_hard_links.js';
import { LogBook } from '../support/log.js';
import { temporaryFolder } from '../support/program.js';

describe('the embedded broker of a program', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (mayStart = true, logger = new LogBook()): Promise<BrokerHandle> => {
    const config = loadConfig({ env: {}, flags: { 'APP.DATA_DIR': folder } });
    const broker = await openEmbeddedBroker(config, { mayStart, logger });
    if (broker === undefined) throw new Error('the configuration does not say embedded');
    return broker;
  };

  it('is not started by a program that may not, which says how to have one', async () => {
    const { message } = await rejection(open(false), NotAvailable);
    expect(message).to.include('make run').and.to.include('KAFKA_BROKERS').and.to.include(folder);
  });

  it('is the one that runs already, which stays when who found it stops', async () => {
    const owner = await open();
    const found = await open(false);
    expect(found.brokers).to.deep.equal(owner.brokers);
    await found.stop();
    expect((await open(false)).brokers).to.deep.equal(owner.brokers);
    await owner.stop();
    await rejection(open(false), NotAvailable);
  });

  it('warns of what goes wrong in it, and not of clients that hang up', async () => {
    const log = new LogBook();
    const broker = await open(true, log);
    const [host = '', port] = broker.brokers[0]?.split(':') ?? [];
    const send = async (bytes: Buffer, andEnd: boolean): Promise<void> => {
      const socket = connect(Number(port), host).resume();
      socket.write(bytes);
      if (andEnd) socket.end();
      await once(socket, 'close');
    };
    try {
      await send(Buffer.from([0, 0, 0, 100, 0]), true);
      await send(Buffer.from([0x7f, 0xff, 0xff, 0xff]), false);
      await eventually(() => log.lines.length > 0);
      expect(log.lines.map(({ level, message }) => [level, message])).to.deep.equal([
        ['warn', `embedded broker: connection from /${host} closed`],
      ]);
    } finally {
      await broker.stop();
    }
  });

  it('says which setting helps where its folder cannot be owned', async () => {
    const restore = withoutHardLinks(createSandbox(), 'EPERM');
    try {
      const { message } = await rejection(open(), Error);
      expect(message).to.include(folder).and.to.include('hard links').and.to.include('APP_DATA_DIR');
    } finally {
      restore();
    }
  });

  it('comes back where it was, so that programs that outlive it find it again', async () => {
    const first = await open();
    await first.stop();
    const second = await open();
    await second.stop();
    expect(second.brokers).to.deep.equal(first.brokers);
  });

  it('comes back elsewhere where its port is taken by then', async () => {
    const first = await open();
    await first.stop();
    const squatter = createServer().listen(Number(first.brokers[0]?.split(':')[1]), '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const second = await open();
      await second.stop();
      expect(second.brokers).not.to.deep.equal(first.brokers);
    } finally {
      squatter.close();
    }
  });
});
