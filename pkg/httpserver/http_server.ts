import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface HttpServerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  handler: RequestListener;
}

/** An HTTP listener that starts once and stops without cutting off the requests it is serving. */
export class HttpServer {
  private readonly server: Server;

  constructor(private readonly options: HttpServerOptions) {
    this.server = createServer(options.handler);
  }

  /**
   * Listens.
   * @returns the URL to reach it by
   * @throws Error naming the address when it cannot be had
   */
  async start(): Promise<string> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EADDRINUSE' ? 'the port is taken; set HTTP_PORT to another' : cause.message;
        reject(new Error(`cannot listen on ${host}:${port}: ${why}`, { cause }));
      });
      this.server.listen(port, host, resolve);
    });
    const { address, family, port: actual } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`;
  }

  /** Takes no new connections and resolves when the last request is answered. May be called at any time. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      // Kept-alive connections without a request would hold the close for their whole timeout.
      this.server.closeIdleConnections();
    });
  }
}
