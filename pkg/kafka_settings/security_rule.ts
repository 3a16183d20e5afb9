import { type ConfigProblem, envName, type Rule, type RuleCheck } from '../config/index.js';
import { clearTextSecret, isLoopback } from '../kafka/index.js';
import { encrypts, type EncryptionKeys } from './encryption.js';
import { tlsFaults, type TlsFiles } from './tls_files.js';

export interface SecurityRuleOptions {
  /** Words in the list of brokers that stand for some without TLS and SASL. */
  readonly plain: readonly string[];
  /** The group of BROKERS, SSL and SASL. Default `KAFKA`. */
  readonly group?: string;
}

/** What each way to authenticate needs, below SASL. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  PLAIN: ['USERNAME', 'PASSWORD'],
  'SCRAM-SHA-256': ['USERNAME', 'PASSWORD'],
  'SCRAM-SHA-512': ['USERNAME', 'PASSWORD'],
  OAUTHBEARER: ['OAUTH.TOKEN_ENDPOINT', 'OAUTH.CLIENT_ID', 'OAUTH.CLIENT_SECRET'],
};
const OF_SASL = [...new Set(Object.values(NEEDED).flat())];
const OF_SSL = ['CA', 'CERT', 'KEY', 'KEY_PASSPHRASE', 'SERVER_NAME'];

/** Refuses settings of SSL and SASL that do not go together, cannot be read, or are unsafe. */
export function kafkaSecurityRule({ plain, group = 'KAFKA' }: SecurityRuleOptions): Rule {
  return (check) => securityProblems(check, { plain, group });
}

function securityProblems(
  { values, sourceOf, mode }: RuleCheck,
  { plain, group }: Required<SecurityRuleOptions>,
): ConfigProblem[] {
  const [SSL, SASL] = [`${group}.SSL.`, `${group}.SASL.`];
  const problems: ConfigProblem[] = [];
  const has = (path: string): boolean => values.get(path) !== undefined;
  const refuse = (path: string, what: string, mend: string): void => {
    problems.push({ path, source: sourceOf(path), what, mend });
  };
  const missing = (path: string, why: string): void => {
    refuse(path, `is missing; ${why}`, `set ${envName(path)}`);
  };
  const brokers = (values.get(`${group}.BROKERS`) ?? []) as readonly string[];
  const mechanism = values.get(`${SASL}MECHANISM`) as string | undefined;
  const ssl = Object.fromEntries(
    ['ENABLED', ...OF_SSL].map((key) => [key, values.get(SSL + key)]),
  ) as EncryptionKeys & TlsFiles;
  const encrypted = encrypts({ ...ssl, MECHANISM: mechanism });
  const production = mode === 'production';
  const ofSsl = OF_SSL.map((key) => SSL + key);

  const word = plain.find((one) => brokers.includes(one));
  if (word !== undefined) {
    const set = [...ofSsl, `${SASL}MECHANISM`].filter(has);
    for (const path of [...set, ...(values.get(`${SSL}ENABLED`) === true ? [`${SSL}ENABLED`] : [])]) {
      refuse(
        path,
        `is for real brokers; the ${word} one has neither TLS nor SASL`,
        `set ${envName(group)}_BROKERS`,
      );
    }
    return problems;
  }

  if (values.get(`${SSL}ENABLED`) === false) {
    for (const path of ofSsl.filter(has)) {
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
      `remove it, and give the authority of the brokers as ${envName(SSL)}CA`,
    );
  }
  if (has(`${SSL}CERT`) && !has(`${SSL}KEY`)) missing(`${SSL}KEY`, 'CERT cannot be used without it');
  if (has(`${SSL}KEY`) && !has(`${SSL}CERT`)) missing(`${SSL}CERT`, 'KEY cannot be used without it');
  if (has(`${SSL}KEY_PASSPHRASE`) && !has(`${SSL}KEY`)) {
    refuse(`${SSL}KEY_PASSPHRASE`, 'has no effect without KEY', `set ${envName(SSL)}KEY, or remove it`);
  }
  for (const { key, what, mend } of tlsFaults(ssl)) refuse(SSL + key, what, mend);

  if (mechanism === undefined) {
    for (const path of OF_SASL.map((key) => SASL + key).filter(has)) {
      refuse(path, 'has no effect without a mechanism', `set ${envName(SASL)}MECHANISM, or remove it`);
    }
    return problems;
  }
  for (const path of (NEEDED[mechanism] ?? []).map((key) => SASL + key)) {
    // A value that is there and wrong has been reported.
    if (values.has(path) && !has(path)) missing(path, `${mechanism} needs it`);
  }
  if (!encrypted && brokers.some((broker) => clearTextSecret(mechanism, broker) !== undefined)) {
    refuse(
      `${SASL}MECHANISM`,
      `${mechanism} without TLS sends its secret in clear text to brokers on other machines`,
      `set ${envName(SSL)}ENABLED=true, or use SCRAM-SHA-512`,
    );
  } else if (!encrypted && production) {
    refuse(`${SSL}ENABLED`, 'is false, and production authenticates over TLS only', 'remove it');
  }
  const endpointPath = `${SASL}OAUTH.TOKEN_ENDPOINT`;
  const endpoint = values.get(endpointPath);
  const { protocol, host } = typeof endpoint === 'string' ? new URL(endpoint) : {};
  if (protocol === 'http:' && host !== undefined && !isLoopback(host)) {
    refuse(endpointPath, 'would send the secret of the client in clear text to another machine', 'use https');
  }
  return problems;
}
