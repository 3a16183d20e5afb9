import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a token endpoint is told to answer. */
export interface TokenAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** A token endpoint on loopback, for the client credentials grant. */
export interface TokenEndpoint {
  readonly url: string;
  /** The requests that came, in order. */
  readonly requests: { readonly authorization: string | undefined; readonly form: URLSearchParams }[];
  stop(): Promise<void>;
}

/** Starts one; a request is answered with what `answer` gives, or never where it gives nothing. */
export async function startTokenEndpoint(answer: () => TokenAnswer | undefined): Promise<TokenEndpoint> {
  const requests: TokenEndpoint['requests'] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      requests.push({ authorization: request.headers.authorization, form: new URLSearchParams(body) });
      const given = answer();
      if (given === undefined) return;
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}/token`, requests, stop: () => stop(server) };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** An unsigned JWT (RFC 7519, section 6), which only validators for tests accept. */
export function unsignedToken(subject: string, lifetimeMs: number, now = Date.now()): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: subject, iat: Math.floor(now / 1000), exp: (now + lifetimeMs) / 1000 };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
