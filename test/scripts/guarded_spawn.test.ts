import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { spawnGuarded } from '../../scripts/guarded_spawn.js';

const MODULE = pathToFileURL(join(import.meta.dirname, '..', '..', 'scripts', 'guarded_spawn.js')).href;

describe('guarded program', () => {
  let server: Server;
  /** A program that connects to us and then does nothing; the connection goes with it. */
  let program: string;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    program = `require('node:net').connect(${port}, '127.0.0.1').write(String(process.pid))`;
  });

  afterEach(() => {
    server.close();
  });

  const connection = async (): Promise<{ socket: Socket; pid: number }> => {
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.on('error', () => undefined);
    const [data] = (await once(socket, 'data')) as [Buffer];
    return { socket, pid: Number(data.toString()) };
  };

  it('has the pid that signals are sent to', async () => {
    const child = spawnGuarded(process.execPath, ['-e', program], { output: 'ignore' });
    const ended = once(child, 'exit');

    const { pid } = await connection();
    expect(child.pid).to.equal(pid);
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([null, 'SIGTERM']);
  });

  it('ends when its parent is killed and has no time to clean up', async () => {
    const args = JSON.stringify([process.execPath, ['-e', program], { output: 'ignore' }]);
    const code = `import { spawnGuarded } from ${JSON.stringify(MODULE)}; spawnGuarded(...${args});`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });

    const { socket } = await connection();
    const closed = once(socket, 'close');
    parent.kill('SIGKILL');
    await closed;
    expect(socket.destroyed).to.equal(true);
  });
});
