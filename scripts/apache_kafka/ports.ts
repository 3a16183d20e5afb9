import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/** Below the range from which systems draw the ports of outgoing connections, which could take ours first. */
const FIRST = 20_000;
const LAST = 31_999;

/**
 * Whether no program listens on the loopback port, on this address or on all.
 * @param port 1 to 65535.
 */
export async function portIsFree(port: number): Promise<boolean> {
  return !(await answers(port)) && (await canListen(port));
}

/** That many different free loopback ports from 20000 to 31999. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries > 1000) throw new Error(`No ${count} free ports between ${FIRST} and ${LAST}.`);
    const port = randomInt(FIRST, LAST + 1);
    if (!found.has(port) && (await portIsFree(port))) found.add(port);
  }
  return [...found];
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, LOOPBACK), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Some systems let one listen on an address beside a listener on all addresses: so ask as a client, too. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, LOOPBACK);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
