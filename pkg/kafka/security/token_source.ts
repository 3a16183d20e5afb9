import type { Logger } from '../../logger/index.js';
import { asError } from '../async.js';
import { delayAfter, type Backoff } from '../consumer/backoff.js';
import { InvalidOption } from '../errors.js';
import { OnceAMinute } from '../once_a_minute.js';
import { currentSecret, type Secret } from './secret.js';
import { shownEndpoint, tokenEndpointFault } from './token_endpoint.js';

/** Gives a bearer token that is valid for a while. */
export interface TokenSource {
  /** @throws TokenUnavailable */
  (): Promise<string>;
  /** Why it gives a token that it would have replaced by now; undefined where it would not. */
  readonly outage?: Error | undefined;
}

/** No token could be had that the brokers accept; the message says why. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable';
}

/** Where tokens come from: an endpoint that grants them to clients (RFC 6749, section 4.4). */
export interface ClientCredentials {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** Asked for with every request for a token. */
  readonly clientSecret: Secret;
  /** What the token is to be good for, in the words of the endpoint. */
  readonly scope?: string | undefined;
  readonly logger: Pick<Logger, 'warn'>;
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number;
}

interface Token {
  readonly value: string;
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** The endpoint gives no token. */
interface Outage {
  readonly error: Error;
  readonly failures: number;
  /** When the last request failed, and for how many milliseconds none follows it. */
  readonly failedAt: number;
  readonly pauseMs: number;
}

/** Milliseconds within which the endpoint must answer; less than a check of the brokers takes at most. */
const ANSWER_MS = 4_000;
/** RFC 6749 leaves `expires_in` to the endpoint; without it a token is taken for this short-lived, in seconds. */
const LIFETIME_UNKNOWN_S = 60;
/**
 * A token is replaced when less than this is left of it, in milliseconds and as a part of its life: a session
 * lasts as long as the token that it began with, and is renewed shortly before it ends.
 */
const SPARE_MS = 15_000;
const SPARE_SHARE = 0.2;
/** A token this young is used whatever is left of it, so that connections opened together share it. */
const YOUNG_MS = 1_000;
/** Between requests that fail. Connections are made, and sessions renewed, often when they cannot go on. */
const PAUSE: Backoff = { initialMs: 500, maxMs: 5_000, jitter: 0.2 };

/**
 * Tokens from an endpoint, kept until they are about to expire; callers at the same time share one request.
 * While the endpoint gives none, a token that is still valid is used on; after a request that failed there is a
 * pause before the next one, in which callers that cannot do without get the same error.
 * @throws InvalidOption where `tokenEndpoint` is no URL, or holds a user or a password
 */
export function clientCredentials(options: ClientCredentials): TokenSource {
  if (tokenEndpointFault(options.tokenEndpoint) !== undefined) {
    throw new InvalidOption('tokenEndpoint', 'not shown', 'a URL without user and password');
  }
  const now = options.now ?? Date.now;
  let token: Token | undefined;
  let outage: Outage | undefined;
  const warned = new OnceAMinute(options.now);
  let request: Promise<Token> | undefined;

  // A clock that was put back must not make a pause longer.
  const isPause = ({ failedAt, pauseMs }: Outage): boolean => now() >= failedAt && now() - failedAt < pauseMs;

  const renew = async (): Promise<Token> => {
    try {
      token = await ask(options, now);
      outage = undefined;
      return token;
    } catch (thrown) {
      const [error, failures] = [asError(thrown), (outage?.failures ?? 0) + 1];
      outage = { error, failures, failedAt: now(), pauseMs: delayAfter(failures, PAUSE) };
      throw error;
    }
  };

  const newToken = (): Promise<Token> => {
    if (outage !== undefined && isPause(outage)) return Promise.reject(outage.error);
    request ??= renew().finally(() => {
      request = undefined;
    });
    return request;
  };

  const warn = (error: unknown): void => {
    const what = 'no new token could be had; the former one is used while it is valid';
    if (warned.isNews(what)) options.logger.warn(what, { error });
  };

  const source = async (): Promise<string> => {
    if (token !== undefined && isFresh(token, now())) return token.value;
    try {
      return (await newToken()).value;
    } catch (error) {
      if (token === undefined || token.expiresAt <= now()) throw error;
      warn(error);
      return token.value;
    }
  };
  return Object.defineProperty(source, 'outage', { get: () => outage?.error });
}

function isFresh({ obtainedAt, expiresAt }: Token, now: number): boolean {
  if (expiresAt <= now) return false;
  const spare = Math.max(SPARE_MS, (expiresAt - obtainedAt) * SPARE_SHARE);
  return expiresAt - now > spare || now - obtainedAt < YOUNG_MS;
}

async function ask(options: ClientCredentials, now: () => number): Promise<Token> {
  const { tokenEndpoint, clientId, clientSecret, scope } = options;
  const obtainedAt = now();
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: basic(clientId, currentSecret(clientSecret)),
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope === undefined ? {} : { scope }),
    }).toString(),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error: unknown) => {
    throw unanswered(tokenEndpoint, error);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const mend = response.status < 500 ? 'check the client id, its secret and the scope' : 'check its log';
    throw unavailable(tokenEndpoint, `refuses a token (${response.status}${errorIn(body)})`, mend);
  }
  const value = fieldOf(body, 'access_token');
  if (typeof value !== 'string' || value === '') {
    throw unavailable(tokenEndpoint, 'answers without an access_token', 'check its address');
  }
  const seconds = Number(fieldOf(body, 'expires_in') ?? LIFETIME_UNKNOWN_S);
  const lifetimeMs = (seconds > 0 ? seconds : LIFETIME_UNKNOWN_S) * 1000;
  return { value, obtainedAt, expiresAt: obtainedAt + lifetimeMs };
}

/** Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function basic(clientId: string, clientSecret: string): string {
  const [id, secret] = [clientId, clientSecret].map((part) =>
    new URLSearchParams({ part }).toString().slice('part='.length),
  );
  return `Basic ${Buffer.from(`${id ?? ''}:${secret ?? ''}`).toString('base64')}`;
}

function unavailable(endpoint: string, what: string, mend: string, cause?: unknown): TokenUnavailable {
  return new TokenUnavailable(`the token endpoint ${shownEndpoint(endpoint)} ${what}; ${mend}`, { cause });
}

/** What Node.js says of a certificate that no authority it trusts has signed. */
const NOT_TRUSTED = /^(UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT)/;
/** What it says of one that is out of date, or for another host. */
const NOT_VALID = /^(CERT_|ERR_TLS_CERT)/;

function unanswered(endpoint: string, error: unknown): TokenUnavailable {
  const cause = causeOf(error);
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const [what, mend] = NOT_TRUSTED.test(code)
    ? [
        'has a certificate of an authority that Node.js does not trust',
        'start this program with NODE_EXTRA_CA_CERTS, the path of a PEM file of that authority',
      ]
    : NOT_VALID.test(code)
      ? ['has a certificate that cannot be accepted', 'renew it there, for the host name of its address']
      : ['does not answer', 'check that it runs'];
  return unavailable(endpoint, `${what} (${reasonOf(cause)})`, mend, error);
}

/** fetch says "fetch failed" and keeps the reason behind it. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no answer within ${ANSWER_MS} ms`;
  // Where several addresses were tried the message is empty.
  return cause.message === '' ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : cause.message;
}

function errorIn(body: unknown): string {
  const error = fieldOf(body, 'error');
  return typeof error === 'string' ? ` ${error.slice(0, 100)}` : '';
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
