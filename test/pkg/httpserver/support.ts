import { HttpServer, createHttpApp, type HttpAppOptions, type Route } from '../../../pkg/httpserver/index.js';
import { LogBook } from '../../support/log.js';

export const TIMEOUTS = { read: 10_000, write: 60_000, idle: 5_000 };

/** Where and how the servers of these tests listen. */
export const LISTEN = { host: '127.0.0.1', port: 0, portSetting: 'PORT', timeouts: TIMEOUTS };

/** A frame around the given routes on a free port. */
export class Frame {
  readonly log = new LogBook();
  private server: HttpServer | undefined;
  private url = '';

  async start(routes: readonly Route[], options: Partial<HttpAppOptions> = {}): Promise<void> {
    const handler = createHttpApp({
      groups: [{ prefixes: ['/v1', '/api/v1'], routes }],
      control: { by: 'nobody' },
      logger: this.log,
      toProblem: () => undefined,
      ...options,
    });
    this.server = new HttpServer({ ...LISTEN, handler });
    this.url = await this.server.start();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  get address(): URL {
    return new URL(this.url);
  }

  /** @param path with its prefix */
  call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  /** Sends JSON. */
  send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const json = { 'content-type': 'application/json', ...headers };
    return this.call(path, { method, headers: json, body: JSON.stringify(body) });
  }
}
