import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { InvalidOption } from '../../../../../pkg/kafka/errors.js';
import { clientCredentials, TokenUnavailable } from '../../../../../pkg/kafka/security/token_source.js';
import { newAuthority } from '../../../../support/certificates.js';
import { caught, rejection } from '../../../../support/caught.js';
import { LogBook } from '../../../../support/log.js';
import {
  startTokenEndpoint,
  type TokenAnswer,
  type TokenEndpoint,
} from '../../../../support/token_endpoint.js';

const HOUR_S = 3_600;
const LONGEST_PAUSE_MS = 5_000;

describe('tokens by client credentials', () => {
  let endpoint: TokenEndpoint;
  let answer: () => TokenAnswer | undefined;
  let clock: number;
  let log: LogBook;
  let given: number;

  beforeEach(async () => {
    given = 0;
    clock = 1_000_000;
    log = new LogBook();
    answer = () => ({ body: { access_token: `t${(given += 1)}`, expires_in: HOUR_S } });
    endpoint = await startTokenEndpoint(() => answer());
  });
  afterEach(() => endpoint.stop());

  const source = (tokenEndpoint = endpoint.url, scope?: string) =>
    clientCredentials({
      tokenEndpoint,
      clientId: 'a client',
      clientSecret: 'se:cret',
      scope,
      logger: log,
      now: () => clock,
    });

  it('asks as the standard says: form-encoded credentials, the grant and the scope', async () => {
    expect(await source(endpoint.url, 'kafka')()).to.equal('t1');
    const [request] = endpoint.requests;
    expect(request?.authorization).to.equal(`Basic ${Buffer.from('a+client:se%3Acret').toString('base64')}`);
    expect(Object.fromEntries(request?.form ?? [])).to.deep.equal({
      grant_type: 'client_credentials',
      scope: 'kafka',
    });
  });

  it('keeps a token until a fifth of its life is left', async () => {
    const token = source();
    await token();
    clock += 0.79 * HOUR_S * 1_000;
    expect(await token()).to.equal('t1');
    clock += 0.02 * HOUR_S * 1_000;
    expect(await token()).to.equal('t2');
  });

  it('replaces a token that lives for seconds before a session on it would have to be renewed', async () => {
    answer = () => ({ body: { access_token: `t${(given += 1)}`, expires_in: 12 } });
    const token = source();
    expect(await token()).to.equal('t1');
    clock += 900;
    expect(await token()).to.equal('t1');
    clock += 200;
    expect(await token()).to.equal('t2');
  });

  it('asks once for callers at the same time', async () => {
    const token = source();
    expect(await Promise.all([token(), token(), token()])).to.deep.equal(['t1', 't1', 't1']);
    expect(endpoint.requests).to.have.length(1);
  });

  it('uses a valid token on while the endpoint is down, says so, and fails when it has expired', async () => {
    const token = source();
    await token();
    answer = () => ({ status: 503, body: 'down' });
    clock += 0.9 * HOUR_S * 1_000;
    expect(await token()).to.equal('t1');
    expect(log.at('warn')).to.deep.equal([
      'no new token could be had; the former one is used while it is valid',
    ]);
    clock += 0.1 * HOUR_S * 1_000;
    await rejection(token(), TokenUnavailable);
    answer = () => ({ body: { access_token: 'back', expires_in: HOUR_S } });
    clock += LONGEST_PAUSE_MS;
    expect(await token()).to.equal('back');
  });

  it('leaves an endpoint that gives no token alone for ever longer, up to 5 s, and callers go on meanwhile', async () => {
    const token = source();
    await token();
    answer = () => ({ status: 503, body: 'down' });
    clock += 0.9 * HOUR_S * 1_000;
    const askedAt: number[] = [];
    for (const end = clock + 60_000; clock < end; clock += 50) {
      const before = endpoint.requests.length;
      expect(await Promise.all([token(), token()])).to.deep.equal(['t1', 't1']);
      if (endpoint.requests.length > before) askedAt.push(clock);
    }
    const pauses = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
    expect(pauses[0]).to.be.within(400, 650);
    expect(Math.max(...pauses)).to.be.within(4_000, LONGEST_PAUSE_MS);
    expect(pauses.slice(-5).every((ms) => ms >= 4_000)).to.equal(true);
    expect(token.outage).to.be.instanceOf(TokenUnavailable);
  });

  it('gives callers that cannot do without a token the same error in a pause, and asks at once when it is over', async () => {
    answer = () => ({ status: 503, body: 'down' });
    const token = source();
    const error = await rejection(token(), TokenUnavailable);
    for (let caller = 0; caller < 100; caller += 1) {
      expect(await rejection(token(), TokenUnavailable)).to.equal(error);
    }
    expect(endpoint.requests).to.have.length(1);
    answer = () => ({ body: { access_token: 'back', expires_in: HOUR_S } });
    clock += LONGEST_PAUSE_MS;
    expect(await token()).to.equal('back');
    expect(token.outage).to.equal(undefined);
    // The next outage begins with a short pause again.
    clock += 0.9 * HOUR_S * 1_000;
    answer = () => ({ status: 503, body: 'down' });
    await token();
    clock += 650;
    await token();
    expect(endpoint.requests).to.have.length(4);
  });

  it('does not pause for longer because the clock was put back', async () => {
    answer = () => ({ status: 503, body: 'down' });
    const token = source();
    await rejection(token(), TokenUnavailable);
    clock -= HOUR_S * 1_000;
    answer = () => ({ body: { access_token: 'back', expires_in: HOUR_S } });
    expect(await token()).to.equal('back');
  });

  it('warns once a minute while the endpoint is down', async () => {
    const token = source();
    await token();
    answer = () => ({ status: 503, body: 'down' });
    clock += 0.9 * HOUR_S * 1_000;
    for (const end = clock + 119_000; clock < end; clock += 500) await token();
    expect(log.lines).to.have.length(2);
    expect(log.lines[0]?.fields['error']).to.be.instanceOf(TokenUnavailable);
  });

  it('takes a token of unknown life for short-lived', async () => {
    answer = () => ({ body: { access_token: `t${(given += 1)}` } });
    const token = source();
    await token();
    clock += 60_000;
    expect(await token()).to.equal('t2');
  });

  const FAILURES: [string, () => TokenAnswer, RegExp][] = [
    [
      'wrong credentials',
      () => ({ status: 401, body: { error: 'invalid_client' } }),
      /refuses a token \(401 invalid_client\); check the client id, its secret and the scope$/,
    ],
    ['a broken endpoint', () => ({ status: 500, body: 'oops' }), /refuses a token \(500\); check its log$/],
    [
      'another kind of endpoint',
      () => ({ body: '<html>' }),
      /answers without an access_token; check its address$/,
    ],
  ];
  for (const [what, given, says] of FAILURES) {
    it(`names the endpoint, the cause and the mend: ${what}`, async () => {
      answer = given;
      const { message } = await rejection(source()(), TokenUnavailable);
      expect(message).to.match(/^the token endpoint http:\/\/127\.0\.0\.1/);
      expect(message).to.match(says);
      expect(message).to.not.contain('se:cret');
    });
  }

  it('names the cause and the mend where nobody listens, and nothing of the address but origin and path', async () => {
    await endpoint.stop();
    const error = await rejection(source(`${endpoint.url}?api_key=s3cret`)(), TokenUnavailable);
    expect(error.message).to.match(/\/token does not answer \(.*ECONNREFUSED.*\); check that it runs$/);
    expect(inspect(error, { depth: 10 })).to.not.contain('s3cret');
  });

  it('takes no address with a user or a password, and does not repeat it', () => {
    for (const address of ['https://kit:s3cret@idp/t', 's3cret']) {
      const error = caught(() => source(address), InvalidOption);
      expect(inspect(error, { depth: 10 })).to.match(/a URL without user and password/);
      expect(inspect(error, { depth: 10 })).to.not.contain('s3cret');
    }
  });

  it('names the cause and the mend where its certificate is of an authority that is not trusted', async () => {
    const server = createServer(await (await newAuthority()).issue());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const { message } = await rejection(source(`https://127.0.0.1:${port}/t`)(), TokenUnavailable);
      expect(message).to.match(/authority that Node\.js does not trust \(.*first certificate/);
      expect(message).to.match(/start this program with NODE_EXTRA_CA_CERTS/);
    } finally {
      server.close();
    }
  });
});
