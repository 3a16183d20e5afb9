import { createHash, timingSafeEqual } from 'node:crypto';
import { type Request, type RequestHandler } from 'express';
import { HttpProblem } from './problem.js';

/**
 * Who may call the control routes: whoever has the token; anybody, since only this machine can reach the
 * listener; or nobody, for want of a token.
 */
export type ControlAccess =
  { readonly by: 'token'; readonly token: string } | { readonly by: 'loopback' } | { readonly by: 'nobody' };

/**
 * By the token where there is one; without it only this machine may, where the listener cannot be reached from
 * elsewhere.
 * @param options.trustsLoopback whether all that runs on this machine is one's own, as a developer's is
 */
export function controlAccess(options: {
  token: string | undefined;
  host: string;
  trustsLoopback: boolean;
}): ControlAccess {
  const { token, host, trustsLoopback } = options;
  if (token !== undefined) return { by: 'token', token };
  const loopback = /^(localhost|127(\.\d+){3}|::1)$/.test(host);
  return { by: loopback && trustsLoopback ? 'loopback' : 'nobody' };
}

/** Lets a request pass, or answers 401 or 403. */
export function controlGuard(access: ControlAccess): RequestHandler {
  return (request, _response, next) => {
    if (access.by === 'token') requireToken(request, access.token);
    else if (access.by === 'nobody') throw unauthorized('No control token is configured.');
    else refuseForeignPage(request);
    next();
  };
}

function requireToken({ headers }: Request, token: string): void {
  const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (given === undefined) throw unauthorized('Send Authorization: Bearer <control token>.');
  // Digests are of one length, which the comparison in constant time asks for.
  if (!timingSafeEqual(digest(given), digest(token))) throw unauthorized('The control token is wrong.');
}

/**
 * Without a token, a web page that is open in the developer's browser could reach the loopback address too:
 * by a request to another origin, or by a name of its own that it points to this machine. For what a page embeds,
 * such as an image, the browser sends no origin, but says how the page's site stands to this one.
 */
function refuseForeignPage({ headers }: Request): void {
  const { origin, host = '', 'sec-fetch-site': site = 'none' } = headers;
  const named = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host);
  const own = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
  if (named && own && ['same-origin', 'none'].includes(site)) return;
  throw new HttpProblem({
    status: 403,
    code: 'FOREIGN_PAGE',
    detail: 'Without a control token, pages of other origins may not call the control routes.',
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorized(detail: string): HttpProblem {
  const headers = { 'www-authenticate': 'Bearer' };
  return new HttpProblem({ status: 401, code: 'UNAUTHORIZED', detail, headers });
}
