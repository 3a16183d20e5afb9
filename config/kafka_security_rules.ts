import { type ConfigProblem, envName } from '../pkg/config/index.js';
import { EMBEDDED } from './embedded.js';
import { encrypts, isLoopback, type EncryptionKeys } from './kafka_security.js';
import { tlsFaults, type TlsFiles } from './tls_files.js';

/** What the rules look at: valid values by path; an invalid one is missing here, and reported already. */
interface SecurityCheck {
  readonly values: ReadonlyMap<string, unknown>;
  /** Where the value at a path came from. */
  readonly sourceOf: (path: string) => string;
}

const SSL = 'KAFKA.SSL.';
const SASL = 'KAFKA.SASL.';
const OAUTH = `${SASL}OAUTH.`;

/** What each way to authenticate needs. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  PLAIN: [`${SASL}USERNAME`, `${SASL}PASSWORD`],
  'SCRAM-SHA-256': [`${SASL}USERNAME`, `${SASL}PASSWORD`],
  'SCRAM-SHA-512': [`${SASL}USERNAME`, `${SASL}PASSWORD`],
  OAUTHBEARER: [`${OAUTH}TOKEN_ENDPOINT`, `${OAUTH}CLIENT_ID`, `${OAUTH}CLIENT_SECRET`],
};
const OF_SASL = [...new Set(Object.values(NEEDED).flat())];
const OF_SSL = ['CA', 'CERT', 'KEY', 'KEY_PASSPHRASE', 'SERVER_NAME'].map((key) => SSL + key);

/** Ways to authenticate that send what they are asked for in clear text. */
const IN_CLEAR = new Set(['PLAIN', 'OAUTHBEARER']);

/** Settings of KAFKA.SSL and KAFKA.SASL that do not go together, cannot be read, or are unsafe. */
export function kafkaSecurityProblems({ values, sourceOf }: SecurityCheck): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const has = (path: string): boolean => values.get(path) !== undefined;
  const refuse = (path: string, what: string, mend: string): void => {
    problems.push({ path, source: sourceOf(path), what, mend });
  };
  const missing = (path: string, why: string): void => {
    refuse(path, `is missing; ${why}`, `set ${envName(path)}`);
  };
  const brokers = (values.get('KAFKA.BROKERS') ?? []) as readonly string[];
  const mechanism = values.get(`${SASL}MECHANISM`) as string | undefined;
  const ssl = Object.fromEntries(
    ['ENABLED', 'CA', 'CERT', 'KEY', 'KEY_PASSPHRASE', 'SERVER_NAME'].map((key) => [
      key,
      values.get(SSL + key),
    ]),
  ) as EncryptionKeys & TlsFiles;
  const encrypted = encrypts({ ...ssl, MECHANISM: mechanism });
  const production = values.get('APP.ENV') === 'production';

  if (brokers.includes(EMBEDDED)) {
    const set = [...OF_SSL, `${SASL}MECHANISM`].filter(has);
    for (const path of [...set, ...(values.get(`${SSL}ENABLED`) === true ? [`${SSL}ENABLED`] : [])]) {
      refuse(path, 'is for real brokers; the embedded one has neither TLS nor SASL', 'set KAFKA_BROKERS');
    }
    return problems;
  }

  if (values.get(`${SSL}ENABLED`) === false) {
    for (const path of OF_SSL.filter(has)) {
      refuse(
        path,
        'has no effect, since TLS is switched off',
        `remove it, or set ${envName(SSL)}ENABLED=true`,
      );
    }
  }
  if (values.get(`${SSL}REJECT_UNAUTHORIZED`) === false && production) {
    refuse(
      `${SSL}REJECT_UNAUTHORIZED`,
      'lets anyone on the way read along, which production does not allow',
      'remove it, and give the authority of the brokers as KAFKA_SSL_CA',
    );
  }
  if (has(`${SSL}CERT`) && !has(`${SSL}KEY`)) missing(`${SSL}KEY`, 'CERT cannot be used without it');
  if (has(`${SSL}KEY`) && !has(`${SSL}CERT`)) missing(`${SSL}CERT`, 'KEY cannot be used without it');
  for (const { key, what, mend } of tlsFaults(ssl)) refuse(SSL + key, what, mend);

  if (mechanism === undefined) {
    for (const path of OF_SASL.filter(has)) {
      refuse(path, 'has no effect without a mechanism', 'set KAFKA_SASL_MECHANISM, or remove it');
    }
    return problems;
  }
  for (const path of NEEDED[mechanism] ?? []) {
    // A value that is there and wrong has been reported.
    if (values.has(path) && !has(path)) missing(path, `${mechanism} needs it`);
  }
  if (IN_CLEAR.has(mechanism) && !encrypted && !brokers.every((broker) => isLoopback(broker))) {
    refuse(
      `${SASL}MECHANISM`,
      `${mechanism} without TLS sends its secret in clear text to brokers on other machines`,
      'set KAFKA_SSL_ENABLED=true, or use SCRAM-SHA-512',
    );
  } else if (!encrypted && production) {
    refuse(`${SSL}ENABLED`, 'is false, and production authenticates over TLS only', 'remove it');
  }
  const endpoint = values.get(`${OAUTH}TOKEN_ENDPOINT`);
  if (typeof endpoint === 'string' && endpoint.startsWith('http:') && !isLoopback(new URL(endpoint).host)) {
    refuse(
      `${OAUTH}TOKEN_ENDPOINT`,
      'would send the secret of the client in clear text to another machine',
      'use https',
    );
  }
  return problems;
}
