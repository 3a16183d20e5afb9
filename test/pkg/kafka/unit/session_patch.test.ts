import { expect } from 'chai';
import type { SinonFakeTimers } from 'sinon';
import { toDriverError } from '../../../../pkg/kafka/kafkajs/errors.js';
import { connectionPrototype, protocolError } from '../../../../pkg/kafka/kafkajs/internals.js';
import { oauthBearer } from '../../../../pkg/kafka/kafkajs/oauth_bearer.js';
import { REAUTHENTICATION_MS } from '../../../../pkg/kafka/kafkajs/sasl.js';
import { applySessionPatch } from '../../../../pkg/kafka/kafkajs/session_patch.js';
import { TokenUnavailable, type TokenSource } from '../../../../pkg/kafka/security/token_source.js';
import { rejection } from '../../../support/caught.js';
import { virtualClock } from '../../../support/virtual_clock.js';

const HANDSHAKE = 17;
const AUTHENTICATE = 36;
const ILLEGAL_SASL_STATE = 34;
const LIFE_MS = 60_000;
/** Within it the session of the tests is about to end. */
const NEAR_END_MS = REAUTHENTICATION_MS - 500;

/** What the tests use of kafkajs's connection. */
interface Connection {
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  setVersions(versions: object): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  send: (call: {
    readonly request: { readonly apiKey: number; encode(): Promise<{ readonly buffer: Buffer }> };
    readonly logResponseError?: boolean;
  }) => Promise<object>;
}

/** A broker as far as sessions go: they last as long as the token, and it refuses renewals within a second. */
class SessionBroker {
  /** Tokens in the order in which they were presented. */
  readonly presented: string[] = [];
  readonly expiry = new Map<string, number>();
  /** `connections.max.reauth.ms` */
  longestSessionMs = Number.POSITIVE_INFINITY;
  refusesHandshakes = false;
  /** What it answers to a token that it does not accept. */
  refusalOfToken = '';
  handshakes = 0;
  /** Refusals of which kafkajs writes a line by itself. */
  logged = 0;

  connect(source: TokenSource): Connection {
    const quiet = { namespace: () => quiet, debug: () => undefined, error: () => undefined };
    const connection = Reflect.construct(connectionPrototype().constructor, [
      { host: 'a', port: 1, logger: quiet, sasl: oauthBearer(source) },
    ]) as Connection;
    const served = { minVersion: 0, maxVersion: 1 };
    connection.setVersions({ [HANDSHAKE]: served, [AUTHENTICATE]: served });
    connection.setSupportAuthenticationProtocol(true);
    let renewedAt = Number.NEGATIVE_INFINITY;
    let isFirst = true;
    connection.send = async ({ request, logResponseError = true }) => {
      if (request.apiKey === HANDSHAKE) {
        this.handshakes += 1;
        if (this.refusesHandshakes || Date.now() - renewedAt < 1_000) {
          if (logResponseError) this.logged += 1;
          throw protocolError(ILLEGAL_SASL_STATE);
        }
        if (!isFirst) renewedAt = Date.now();
        isFirst = false;
        return { enabledMechanisms: ['OAUTHBEARER'] };
      }
      const token = /auth=Bearer (\w+)/.exec((await request.encode()).buffer.toString())?.[1] ?? '';
      this.presented.push(token);
      const tokenMs = (this.expiry.get(token) ?? 0) - Date.now();
      return {
        authBytes: Buffer.from(`\0\0\0\0${this.refusalOfToken}`),
        sessionLifetimeMs: String(Math.min(tokenMs, this.longestSessionMs)),
      };
    };
    return connection;
  }
}

describe('kafkajs: session patch', () => {
  let clock: SinonFakeTimers;
  let broker: SessionBroker;
  let token: string;
  let failure: Error | undefined;
  let asked: number;
  let source: TokenSource;

  before(applySessionPatch);
  beforeEach(() => {
    clock = virtualClock();
    broker = new SessionBroker();
    newToken('t1');
    failure = undefined;
    asked = 0;
    source = async () => {
      asked += 1;
      if (failure !== undefined) throw failure;
      return token;
    };
  });
  afterEach(() => {
    clock.restore();
  });

  function newToken(value: string, lifeMs = LIFE_MS): void {
    token = value;
    broker.expiry.set(value, Date.now() + lifeMs);
  }

  /** What kafkajs does before each request. */
  const request = async (connection: Connection): Promise<void> => {
    if (!connection.isAuthenticated()) await connection.authenticate();
  };
  const requestsFor = async (ms: number, ...connections: Connection[]): Promise<void> => {
    for (const end = Date.now() + ms; Date.now() < end; clock.tick(10))
      await Promise.all(connections.map(request));
  };
  const nearEnd = async (): Promise<Connection> => {
    const connection = broker.connect(source);
    await request(connection);
    clock.tick(LIFE_MS - NEAR_END_MS);
    return connection;
  };

  it('K18: a session is renewed with the next token, once, shortly before it ends', async () => {
    const connection = await nearEnd();
    newToken('t2');
    await requestsFor(NEAR_END_MS, connection);
    expect(broker.presented).to.deep.equal(['t1', 't2']);
  });

  it('K18: a token that does not make the session longer is not presented over and over', async () => {
    const connection = await nearEnd();
    await requestsFor(NEAR_END_MS - 10, connection);
    expect(broker.presented).to.deep.equal(['t1', 't1']);
    expect(asked).to.be.at.most(6);
    expect(broker.logged).to.equal(0);
  });

  it('K18: ... nor by other connections, nor by one that is made with it, which are used while it is valid', async () => {
    const connection = await nearEnd();
    await request(connection);
    const others = [broker.connect(source), broker.connect(source)];
    await requestsFor(NEAR_END_MS - 10, connection, ...others);
    expect(broker.presented).to.have.length(4);
  });

  it('K18: ... and the next token is, soon after it can be had', async () => {
    const connection = await nearEnd();
    await requestsFor(2_000, connection);
    newToken('t2');
    await requestsFor(1_500, connection);
    expect(broker.presented).to.deep.equal(['t1', 't1', 't2']);
    expect(broker.logged).to.equal(0);
  });

  it('a session that ends before its token is renewed with the same one, each time', async () => {
    broker.longestSessionMs = 10_000;
    await requestsFor(LIFE_MS - 15_000, broker.connect(source));
    expect(broker.presented).to.have.length(9);
  });

  it('K18: while no token can be had a session is used to its end, and only then the reason is given', async () => {
    const connection = await nearEnd();
    failure = new TokenUnavailable('the token endpoint x does not answer');
    await requestsFor(NEAR_END_MS - 10, connection);
    expect(broker.handshakes).to.equal(1);
    clock.tick(10);
    expect(await rejection(request(connection), TokenUnavailable)).to.equal(failure);
    // Nothing was begun with the broker that would keep the connection from going on.
    expect(broker.handshakes).to.equal(1);
    failure = undefined;
    newToken('t2');
    await request(connection);
    expect(broker.presented).to.deep.equal(['t1', 't2']);
  });

  it('a renewal that the broker refuses does not end a session that lasts, and is tried again after a pause', async () => {
    const connection = await nearEnd();
    broker.refusesHandshakes = true;
    await requestsFor(2_000, connection);
    expect(broker.handshakes).to.be.within(2, 3);
    broker.refusesHandshakes = false;
    newToken('t2');
    await requestsFor(1_500, connection);
    expect(broker.presented).to.deep.equal(['t1', 't2']);
    expect(broker.logged).to.equal(0);
  });

  it('... and is named as what it is where the session has ended, with why there was no newer token', async () => {
    const connection = await nearEnd();
    broker.refusesHandshakes = true;
    clock.tick(NEAR_END_MS);
    const refused = toDriverError(await rejection(request(connection), Error));
    expect(refused).to.include({ denied: true, protocolError: 'ILLEGAL_SASL_STATE' });
    expect(refused.message).to.match(/^the broker refused to renew the session of a connection: /);
    expect(refused.message).not.to.match(/asks for no SASL/);
    Object.assign(source, { outage: new TokenUnavailable('the token endpoint x does not answer') });
    const { message } = toDriverError(await rejection(request(connection), Error));
    expect(message).to.match(
      /refused to renew the session .* no newer token .*: the token endpoint x does not answer$/,
    );
  });

  it('a token that the broker does not accept is told with why there was no newer one', async () => {
    broker.refusalOfToken = '{"status":"invalid_token"}';
    Object.assign(source, { outage: new TokenUnavailable('the token endpoint x does not answer') });
    const { message } = toDriverError(await rejection(request(broker.connect(source)), TokenUnavailable));
    expect(message).to.match(
      /invalid_token"}, and no newer token could be had: the token endpoint x does not answer$/,
    );
  });

  it('a connection on which there never was a session is refused for the want of SASL', async () => {
    broker.refusesHandshakes = true;
    const { message } = toDriverError(await rejection(request(broker.connect(source)), Error));
    expect(message).to.match(/asks for no SASL at this address.*: use the address of its SASL listener/);
  });
});
