import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../eventually.js';
import { TcpProxy } from '../tcp_proxy.js';

const NUMBERS = 2_000;

/** A server that answers whoever connects with numbers in order, a write each, and ends; halfway it calls back. */
async function counter(halfway: () => void): Promise<net.Server> {
  const server = net.createServer((socket) => {
    void (async () => {
      socket.on('error', () => undefined).resume();
      for (let number = 0; number < NUMBERS; number += 1) {
        if (number === NUMBERS / 2) halfway();
        socket.write(`${number} `);
        await turn();
      }
      socket.end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('TcpProxy', () => {
  for (const [what, latencyMs] of [
    ['that passes at once', 0],
    ['that was slow and is mended', 200],
  ] as const) {
    it(`${what} keeps the order of bytes, up to the end`, async () => {
      const server = await counter(() => {
        proxy.mend();
      });
      const proxy = await TcpProxy.before((server.address() as net.AddressInfo).port);
      try {
        proxy.delay(latencyMs);
        const client = net.connect({ host: '127.0.0.1', port: proxy.port });
        let text = '';
        for await (const chunk of client) text += String(chunk);
        const expected = Array.from({ length: NUMBERS }, (_, number) => `${number} `).join('');
        expect(text === expected, `in order: ${text.slice(0, 200)}`).to.equal(true);
      } finally {
        await proxy.stop();
        server.close();
      }
    });
  }

  it('that is silent passes nothing, on new connections either; once mended all of it, in order', async () => {
    const heard: string[] = [];
    const server = net.createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => heard.push(...(String(chunk).match(/./g) ?? [])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const [proxy, other] = [await TcpProxy.before(port), await TcpProxy.before(port)];
    const connected = async (through: TcpProxy): Promise<net.Socket> => {
      const client = net.connect({ host: '127.0.0.1', port: through.port });
      await once(
        client.on('error', () => undefined),
        'connect',
      );
      return client;
    };
    try {
      const old = await connected(proxy);
      old.write('a');
      await eventually(() => heard.length === 1);
      proxy.silence();
      old.write('b');
      const later = await connected(proxy);
      later.end('x');
      await once(later.resume(), 'finish');
      old.write('c');
      // What takes the same way without silence is there after it.
      (await connected(other)).write('-');
      await eventually(() => heard.includes('-'));
      proxy.mend();
      old.write('d');
      await eventually(() => heard.length === 6);
      expect(heard.filter((each) => each !== 'x').join('')).to.equal('a-bcd');
      expect(heard.indexOf('x')).to.be.greaterThan(heard.indexOf('-'));
    } finally {
      await Promise.all([proxy.stop(), other.stop()]);
      server.close();
    }
  });
});
