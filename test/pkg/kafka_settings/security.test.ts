import { expect } from 'chai';
import { envName, type RuleCheck } from '../../../pkg/config/index.js';
import { encrypts } from '../../../pkg/kafka_settings/encryption.js';
import { kafkaSasl, kafkaSecurity, kafkaSecurityRule, kafkaSsl } from '../../../pkg/kafka_settings/index.js';
import { tlsFaults } from '../../../pkg/kafka_settings/tls_files.js';
import { newAuthority } from '../../support/certificates.js';
import { LogBook } from '../../support/log.js';

describe('settings of a secure connection', () => {
  it('encrypt when told, and where unset as soon as something says so', () => {
    expect(encrypts({})).to.equal(false);
    expect(encrypts({ MECHANISM: 'PLAIN' })).to.equal(true);
    expect(encrypts({ CA: 'ca.pem' })).to.equal(true);
    expect(encrypts({ MECHANISM: 'PLAIN', ENABLED: false })).to.equal(false);
    expect(encrypts({ ENABLED: true })).to.equal(true);
  });

  it('are refused when their certificate has expired', async () => {
    const { cert, key } = await (await newAuthority()).issue();
    const twoMonths = 60 * 86_400_000;
    expect(tlsFaults({ CERT: cert, KEY: key })).to.deep.equal([]);
    expect(tlsFaults({ CERT: cert, KEY: key }, Date.now() + twoMonths)[0]?.what).to.match(/^expired on /);
  });

  /** What the rule says of a group MIRROR with these keys. */
  const problemsOf = (given: Readonly<Record<string, unknown>>) => {
    const values = new Map(Object.entries(given).map(([key, value]) => [`MIRROR.${key}`, value]));
    const check: RuleCheck = { values, mode: 'development', sourceOf: (path) => `env ${envName(path)}` };
    const rule = kafkaSecurityRule({ group: 'MIRROR', plain: ['embedded'] });
    return rule(check).map(({ path, source, mend }) => [path, source, mend]);
  };

  it('are told by the names of the group that they stand in', () => {
    expect(problemsOf({ BROKERS: ['a:1'], 'SASL.USERNAME': 'alice' })).to.deep.equal([
      ['MIRROR.SASL.USERNAME', 'env MIRROR_SASL_USERNAME', 'set MIRROR_SASL_MECHANISM, or remove it'],
    ]);
    expect(problemsOf({ BROKERS: ['embedded'], 'SSL.CA': 'ca.pem' })).to.deep.equal([
      ['MIRROR.SSL.CA', 'env MIRROR_SSL_CA', 'set MIRROR_BROKERS'],
    ]);
  });

  it('become options of the clients: none of them where nothing is set', () => {
    const security = (ssl: object, sasl: object) =>
      kafkaSecurity(
        { SSL: kafkaSsl.parse(ssl), SASL: kafkaSasl.parse({ OAUTH: {}, ...sasl }) },
        new LogBook(),
      );
    expect(security({}, {})).to.deep.equal({ tls: undefined, sasl: undefined });
    const { tls, sasl } = security(
      { SERVER_NAME: 'kafka' },
      { MECHANISM: 'SCRAM-SHA-256', USERNAME: 'alice', PASSWORD: 'wonderland' },
    );
    expect(tls).to.include({ serverName: 'kafka', rejectUnauthorized: true });
    expect(sasl).to.deep.equal({ mechanism: 'SCRAM-SHA-256', username: 'alice', password: 'wonderland' });
    const oauth = { TOKEN_ENDPOINT: 'https://login.example', CLIENT_ID: 'kit', CLIENT_SECRET: 'secret' };
    expect(security({}, { MECHANISM: 'OAUTHBEARER', OAUTH: oauth }).sasl).to.have.property('token');
  });
});
