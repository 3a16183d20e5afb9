import { once } from 'node:events';
import { type RequestListener, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { HttpServer } from '../../../pkg/httpserver/index.js';
import { rejection } from '../../support/caught.js';
import { eventually } from '../../support/eventually.js';
import { LISTEN, TIMEOUTS } from './support.js';

describe('the HTTP server', () => {
  let server: HttpServer;
  let url: URL;

  async function start(handler: RequestListener, timeouts = TIMEOUTS): Promise<void> {
    server = new HttpServer({ ...LISTEN, handler, timeouts });
    url = new URL(await server.start());
  }

  async function opened(): Promise<Socket> {
    const socket = connect(Number(url.port), url.hostname);
    await once(socket, 'connect');
    return socket;
  }

  afterEach(() => server.stop());

  it('names the address when the port is taken', async () => {
    await start((_request, response) => response.end());
    const second = new HttpServer({ ...LISTEN, port: Number(url.port), handler: () => undefined });
    const error = await rejection(second.start(), Error);
    expect(error.message).to.include(`127.0.0.1:${url.port}`).and.to.include('set PORT to another');
  });

  it('answers the requests in hand before it has stopped, and takes no others', async () => {
    const open: ServerResponse[] = [];
    await start((_request, response) => void open.push(response));
    const answer = fetch(url);
    await eventually(() => open.length === 1);
    const stopped = server.stop();
    await rejection(fetch(url), TypeError);
    open[0]?.end('served');
    expect(await (await answer).text()).to.equal('served');
    await stopped;
  });

  it('is not kept from stopping by connections that wait for a next request, or were never used', async () => {
    await start((_request, response) => response.end('ok'));
    const [unused, idle] = [await opened(), await opened()];
    idle.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(idle, 'data');
    const closed = Promise.all([once(unused, 'close'), once(idle, 'close')]);
    await server.stop();
    await closed;
  });

  it('cuts off requests that are not answered, or never come to their end, after the time that it is given', async () => {
    const open: ServerResponse[] = [];
    await start((_request, response) => void open.push(response));
    const [unanswered, half] = [await opened(), await opened()];
    unanswered.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    half.write('GET / HTTP/1.1\r\nhost: a\r\n');
    await eventually(() => open.length === 1);
    const closed = Promise.all([once(unanswered, 'close'), once(half, 'close')]);
    await server.stop({ graceMs: 300 });
    await closed;
  });

  it('can be stopped before it was started, and again', async () => {
    await start((_request, response) => response.end());
    await Promise.all([server.stop(), server.stop()]);
    const never = new HttpServer({ ...LISTEN, handler: () => undefined });
    await never.stop();
  });

  for (const [what, bytes, status] of [
    ['bytes that are no request', 'nonsense\r\n\r\n', 400],
    ['headers of more than 16 kB', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    it(`answers ${what} with ${status} and closes`, async () => {
      await start((_request, response) => response.end());
      const socket = await opened();
      socket.write(bytes);
      const answer = await text(socket);
      expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).to.include({
        status,
        code: 'UNREADABLE_REQUEST',
      });
    });
  }

  it('answers a request that does not arrive in the time allowed with 408 and closes, soon after', async () => {
    await start(() => undefined, { ...TIMEOUTS, read: 200 });
    const [headers, body] = [await opened(), await opened()];
    headers.write('GET / HTTP/1.1\r\nhost: a\r\n');
    body.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{');
    for (const answer of await Promise.all([text(headers), text(body)])) {
      expect(answer).to.match(/^HTTP\/1.1 408 /);
    }
  });

  it('gives up a request that says nothing for the time allowed', async () => {
    await start(() => undefined, { ...TIMEOUTS, write: 50 });
    await rejection(fetch(url), TypeError);
  });
});
