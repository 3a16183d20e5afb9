import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../config/config.js';
import { newAuthority } from '../support/certificates.js';
import { placesOf, problemsOf } from './support.js';

const KAFKA = { KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092' };
const USER = { KAFKA_SASL_USERNAME: 'alice', KAFKA_SASL_PASSWORD: 'wonderland' };
const OAUTH = {
  KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
  KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: 'https://login.example/token',
  KAFKA_SASL_OAUTH_CLIENT_ID: 'kit',
  KAFKA_SASL_OAUTH_CLIENT_SECRET: 'secret',
};

describe('config: KAFKA.SSL and KAFKA.SASL', () => {
  let folder: string;
  let files: Record<'bundle' | 'cert' | 'cut' | 'garbled' | 'key' | 'other' | 'text', string>;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'pem-'));
    const authority = await newAuthority();
    const [own, other] = [await authority.issue(), await authority.issue()];
    const save = (name: string, text: string): string => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    };
    const bundle = `# two of them\n${authority.cert}\n${own.cert}\n`;
    files = {
      bundle: save('bundle.pem', bundle),
      cut: save('cut.pem', bundle.slice(0, -60)),
      garbled: save('garbled.pem', authority.cert.replace(/-----\n.*\n/, '-----\n')),
      cert: save('cert.pem', own.cert),
      key: save('key.pem', own.key),
      other: save('other.pem', other.key),
      text: save('text.pem', 'no certificate'),
    };
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
  for (const mechanism of mechanisms) {
    it(`${mechanism} asks for a user and a password`, () => {
      const env = { ...KAFKA, KAFKA_SASL_MECHANISM: mechanism };
      expect(problemsOf({ env }).map((problem) => problem.path)).to.deep.equal([
        'KAFKA.SASL.USERNAME',
        'KAFKA.SASL.PASSWORD',
      ]);
      expect(loadConfig({ env: { ...env, ...USER } }).KAFKA.SASL.USERNAME).to.equal('alice');
    });
  }

  it('OAUTHBEARER asks for its endpoint, client and secret', () => {
    const paths = problemsOf({ env: { ...KAFKA, KAFKA_SASL_MECHANISM: 'OAUTHBEARER' } }).map(
      (problem) => problem.path,
    );
    expect(paths).to.deep.equal([
      'KAFKA.SASL.OAUTH.TOKEN_ENDPOINT',
      'KAFKA.SASL.OAUTH.CLIENT_ID',
      'KAFKA.SASL.OAUTH.CLIENT_SECRET',
    ]);
    expect(loadConfig({ env: { ...KAFKA, ...OAUTH } }).KAFKA.SASL.MECHANISM).to.equal('OAUTHBEARER');
  });

  it('secrets sent in clear text to other machines are refused: PLAIN, tokens, the secret of a client', () => {
    const clear = { ...KAFKA, KAFKA_SSL_ENABLED: 'false' };
    for (const env of [
      { ...clear, ...USER, KAFKA_SASL_MECHANISM: 'PLAIN' },
      { ...clear, ...OAUTH },
    ]) {
      const [problem, ...others] = problemsOf({ env });
      expect(others).to.deep.equal([]);
      expect(problem?.what).to.match(/without TLS sends its secret in clear text/);
      expect(problem?.mend).to.match(/KAFKA_SSL_ENABLED=true/);
    }
    const endpoint = { ...OAUTH, KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: 'http://login.example/token' };
    expect(problemsOf({ env: { ...KAFKA, ...endpoint } })[0]?.mend).to.equal('use https');
  });

  it('a token endpoint that is no URL, or holds a user, is a problem that never shows it', () => {
    for (const endpoint of [
      'http://%%',
      'https://%%',
      'login.example',
      'ftp://a',
      'https://kit:s3cret@idp/t',
    ]) {
      const env = { ...KAFKA, ...OAUTH, KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: endpoint };
      const [problem, ...others] = problemsOf({ env });
      expect(others, endpoint).to.deep.equal([]);
      expect(problem, endpoint).to.include({
        path: 'KAFKA.SASL.OAUTH.TOKEN_ENDPOINT',
        mend: 'set KAFKA_SASL_OAUTH_TOKEN_ENDPOINT to a URL that starts with https://, without user and password',
      });
      expect(problem?.what, endpoint).to.match(/is no URL|holds a user or a password/);
      expect(problem?.what).to.not.contain('s3cret');
    }
  });

  it('on loopback PLAIN does without TLS, SCRAM anywhere but in production', () => {
    const local = { KAFKA_BROKERS: 'localhost:9092,127.0.0.1:9093', KAFKA_SSL_ENABLED: 'false', ...USER };
    const { SSL } = loadConfig({ env: { ...local, KAFKA_SASL_MECHANISM: 'PLAIN' } }).KAFKA;
    expect(SSL.ENABLED).to.equal(false);
    const scram = { ...local, ...KAFKA, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' };
    expect(loadConfig({ env: scram }).KAFKA.SASL.MECHANISM).to.equal('SCRAM-SHA-512');
    const production = { APP_ENV: 'production', HTTP_CONTROL_TOKEN: 'x'.repeat(32) };
    expect(placesOf({ env: { ...scram, ...production } })).to.deep.equal([
      'KAFKA.SSL.ENABLED (env KAFKA_SSL_ENABLED)',
    ]);
  });

  it('production trusts no unknown certificate', () => {
    const env = {
      ...KAFKA,
      APP_ENV: 'production',
      HTTP_CONTROL_TOKEN: 'x'.repeat(32),
      KAFKA_SSL_ENABLED: 'true',
      KAFKA_SSL_REJECT_UNAUTHORIZED: 'false',
    };
    expect(placesOf({ env })).to.deep.equal([
      'KAFKA.SSL.REJECT_UNAUTHORIZED (env KAFKA_SSL_REJECT_UNAUTHORIZED)',
    ]);
    expect(loadConfig({ env: { ...env, APP_ENV: 'development' } }).KAFKA.SSL.ENABLED).to.equal(true);
  });

  it('what has no effect is refused, not passed over', () => {
    expect(placesOf({ env: { ...KAFKA, ...USER } })).to.deep.equal([
      'KAFKA.SASL.USERNAME (env KAFKA_SASL_USERNAME)',
      'KAFKA.SASL.PASSWORD (env KAFKA_SASL_PASSWORD)',
    ]);
    expect(placesOf({ env: { ...KAFKA, KAFKA_SSL_KEY_PASSPHRASE: 'wonderland' } })).to.deep.equal([
      'KAFKA.SSL.KEY_PASSPHRASE (env KAFKA_SSL_KEY_PASSPHRASE)',
    ]);
    expect(
      placesOf({ env: { ...KAFKA, KAFKA_SSL_ENABLED: 'false', KAFKA_SSL_SERVER_NAME: 'x' } }),
    ).to.deep.equal(['KAFKA.SSL.SERVER_NAME (env KAFKA_SSL_SERVER_NAME)']);
  });

  it('certificates and keys that cannot be used are found at start', () => {
    const { bundle, cert, cut, garbled, key, other, text } = files;
    const whatOf = (given: Record<string, string>) =>
      problemsOf({ env: { ...KAFKA, ...given } }).map(({ path: at, what }) => `${at}: ${what}`);
    expect(whatOf({ KAFKA_SSL_CA: '/nowhere.pem' })).to.deep.equal([
      'KAFKA.SSL.CA: names a file that cannot be read (ENOENT)',
    ]);
    for (const [file, reason] of [
      [text, 'no PEM certificate in it'],
      [key, 'no PEM certificate in it'],
      [cut, 'a certificate in it is cut off'],
      [garbled, '.*asn1.*'],
    ] as const) {
      expect(whatOf({ KAFKA_SSL_CA: file }).join(), file).to.match(
        new RegExp(`^KAFKA\\.SSL\\.CA: cannot be used \\(${reason}\\)$`),
      );
    }
    expect(loadConfig({ env: { ...KAFKA, KAFKA_SSL_CA: bundle } }).KAFKA.SSL.CA).to.equal(bundle);
    expect(whatOf({ KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: text })).to.deep.equal([
      'KAFKA.SSL.KEY: cannot be used (no PEM key in it)',
    ]);
    expect(whatOf({ KAFKA_SSL_CERT: cert })).to.deep.equal([
      'KAFKA.SSL.KEY: is missing; CERT cannot be used without it',
    ]);
    expect(whatOf({ KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: other })[0]).to.match(
      /SSL\.KEY: cannot be used \(.*mismatch/,
    );
    expect(whatOf({ KAFKA_SSL_CERT: text, KAFKA_SSL_KEY: key })[0]).to.match(/SSL\.CERT: cannot be used/);
    expect(
      loadConfig({ env: { ...KAFKA, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } }).KAFKA.SSL.CERT,
    ).to.equal(cert);
  });

  it('never prints the key or the password', () => {
    const env = { ...KAFKA, KAFKA_SASL_PASSWORD: 'hunter22', KAFKA_SSL_KEY: 'hunter22' };
    const shown = problemsOf({ env }).map(({ what, mend }) => what + mend);
    expect(shown.join()).to.not.contain('hunter22');
  });
});
