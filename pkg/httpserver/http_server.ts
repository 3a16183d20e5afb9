import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { problemBody } from './problem.js';

/** Milliseconds. */
export interface HttpTimeouts {
  /** For a request to arrive, headers and body; one that takes longer is ended within a second more. */
  readonly read: number;
  /** Without a byte in either direction while a request is open; above the longest that a handler may wait. */
  readonly write: number;
  /** For the next request on a kept-alive connection; above that of a proxy in front, or requests are lost. */
  readonly idle: number;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The setting to change when the port is taken, for the error. */
  readonly portSetting: string;
  readonly handler: RequestListener;
  readonly timeouts: HttpTimeouts;
}

/** Milliseconds that connections without a request get at the stop: what is under way on them arrives meanwhile. */
const UNUSED_MS = 200;

/** Milliseconds at most between two looks for requests that are late; Node itself would take 30 s. */
const LOOK_EVERY_MS = 1_000;

/** An HTTP listener that starts once and stops without cutting off the requests it is serving. */
export class HttpServer {
  private readonly server: Server;
  private readonly connections = new Set<Socket>();
  private stopping = false;

  constructor(private readonly options: HttpServerOptions) {
    const { handler, timeouts } = options;
    const connectionsCheckingInterval = Math.min(LOOK_EVERY_MS, Math.ceil(timeouts.read / 10));
    this.server = createServer({ connectionsCheckingInterval }, (request, response) => {
      // The client is to send its next request elsewhere.
      if (this.stopping) response.shouldKeepAlive = false;
      response.once('close', () => {
        if (this.stopping) this.server.closeIdleConnections();
      });
      handler(request, response);
    });
    this.server.requestTimeout = timeouts.read;
    this.server.headersTimeout = timeouts.read;
    this.server.keepAliveTimeout = timeouts.idle;
    this.server.timeout = timeouts.write;
    this.server.on('clientError', answerUnreadable);
    this.server.on('connection', (socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  /**
   * Listens.
   * @returns the URL to reach it by
   * @throws Error naming the address when it cannot be had
   */
  async start(): Promise<string> {
    const { host, port, portSetting } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EADDRINUSE' ? `the port is taken; set ${portSetting} to another` : cause.message;
        reject(new Error(`cannot listen on ${host}:${port}: ${why}`, { cause }));
      });
      this.server.listen(port, host, resolve);
    });
    const { address, family, port: actual } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`;
  }

  /**
   * Takes no new connections and resolves when the last request is answered. May be called at any time.
   * @param graceMs after which connections are cut whose request has not come to its end, or is not answered
   */
  async stop({ graceMs = Infinity }: { graceMs?: number } = {}): Promise<void> {
    this.stopping = true;
    if (!this.server.listening) return;
    let grace: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      // Kept-alive connections without a request would hold the close for their whole timeout.
      this.server.closeIdleConnections();
      // Nor does Node count as idle what browsers open ahead of need. On a new one a request may be under way.
      setTimeout(() => {
        for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
      }, UNUSED_MS);
      if (!Number.isFinite(graceMs)) return;
      grace = setTimeout(() => {
        this.server.closeAllConnections();
      }, graceMs);
    });
    clearTimeout(grace);
  }
}

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is no HTTP request, too slow, or too large in its headers, and closes the connection. */
function answerUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[code] ?? 400;
  const title = STATUS_CODES[status] ?? '';
  const problem = { status, code: 'UNREADABLE_REQUEST', detail: 'This is no request that can be read.' };
  const body = JSON.stringify(problemBody(problem, randomUUID()));
  socket.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
