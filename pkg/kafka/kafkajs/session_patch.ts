import kafkajs from 'kafkajs';
import { asError } from '../async.js';
import type { TokenSource } from '../security/token_source.js';
import { saslAuthenticatorPrototype, type SaslAuthenticator, type SessionConnection } from './internals.js';
import { oauthBearer, withOutage, type BearerMechanism } from './oauth_bearer.js';
import { REAUTHENTICATION_MS } from './sasl.js';

/** Milliseconds between two renewals of a session: brokers refuse them within a second. */
const PAUSE_MS = 1_500;
/** A renewal that makes a session longer by less, in milliseconds, has only met the end of the token again. */
const LEAST_GAIN_MS = 1_000;
const REFUSED = 'ILLEGAL_SASL_STATE';

/** The token of a source whose sessions end with it. */
const spent = new WeakMap<TokenSource, string | undefined>();
let applied = false;

/**
 * Changes how kafkajs 2.2.4 renews sessions: before each request within 5 s of the end, whatever that brings. While
 * no new token can be had, the former one gives a session that ends no later, and brokers refuse the next renewal.
 * Here a renewal follows another after a pause, and a token that did not make a session longer is not presented
 * again before the session has ended. A token is asked for before anything is said to the broker, so that a
 * connection for which there is none is still of use.
 */
export function applySessionPatch(): void {
  if (applied) return;
  applied = true;
  const prototype = saslAuthenticatorPrototype();
  const { authenticate } = prototype;
  prototype.authenticate = async function () {
    const { connection } = this;
    if (connection.authenticatedAt === null) {
      await takeToken(connection);
      await authenticate.call(this);
    } else {
      await renew(this, authenticate);
    }
    const longest = Math.max(0, Number(this.sessionLifetime) - PAUSE_MS);
    connection.reauthenticationThreshold = Math.min(REAUTHENTICATION_MS, longest);
  };
}

async function renew(
  authenticator: SaslAuthenticator,
  authenticate: SaslAuthenticator['authenticate'],
): Promise<void> {
  const { connection, saslHandshake } = authenticator;
  const former = connection.sasl;
  try {
    await takeToken(connection);
  } catch (error) {
    goOn(authenticator, asError(error));
    return;
  }
  const bearer = isBearer(connection.sasl) ? connection.sasl : undefined;
  const isSame = bearer !== undefined && isBearer(former) && former.token === bearer.token;
  if (isSame && spent.get(bearer.source) === bearer.token && leftOf(connection) > 0) {
    goOn(authenticator);
    return;
  }
  // Its refusal is told here, where it is known what was refused.
  authenticator.saslHandshake = (choice) => ({ ...saslHandshake(choice), logResponseError: false });
  try {
    await authenticate.call(authenticator);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    goOn(authenticator, refusedRenewal(error, bearer?.source.outage));
    return;
  }
  const gained = Number(authenticator.sessionLifetime) - leftOf(connection);
  if (isSame && gained < LEAST_GAIN_MS) spent.set(bearer.source, bearer.token);
}

/** Has the session used for what is left of it. @throws `failure` where nothing is */
function goOn(authenticator: SaslAuthenticator, failure?: Error): void {
  const left = Math.ceil(leftOf(authenticator.connection));
  if (left <= 0 && failure !== undefined) throw failure;
  // 0 would be a session without an end.
  authenticator.sessionLifetime = String(Math.max(1, left));
}

/** Milliseconds. */
function leftOf({ authenticatedAt, sessionLifetime }: SessionConnection): number {
  const [seconds, nanoseconds] = process.hrtime(authenticatedAt ?? undefined);
  return sessionLifetime.toNumber() - seconds * 1_000 - nanoseconds / 1e6;
}

/** Has the connection hold the token that it is to authenticate with, where it needs one. */
async function takeToken(connection: SessionConnection): Promise<void> {
  if (!isBearer(connection.sasl)) return;
  const { source } = connection.sasl;
  connection.sasl = oauthBearer(source, await source());
}

function isBearer(sasl: object): sasl is BearerMechanism {
  return 'source' in sasl;
}

function isRefusal(error: unknown): error is kafkajs.KafkaJSProtocolError {
  return error instanceof kafkajs.KafkaJSProtocolError && error.type === REFUSED;
}

/** kafkajs makes the connection anew after an error of this type. */
function refusedRenewal({ type, code }: kafkajs.KafkaJSProtocolError, outage: Error | undefined): Error {
  const message = withOutage('the broker refused to renew the session of a connection', outage);
  return new kafkajs.KafkaJSProtocolError(
    Object.assign(new Error(message), { type, code, retriable: false }),
  );
}
