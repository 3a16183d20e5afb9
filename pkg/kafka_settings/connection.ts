import { type z } from 'zod';
import { envName } from '../config/index.js';
import {
  clientCredentials,
  isLoopback,
  type SaslOptions,
  type Secret,
  type TlsOptions,
} from '../kafka/index.js';
import { type Logger } from '../logger/index.js';
import { encrypts } from './encryption.js';
import { type kafkaSasl, type kafkaSsl } from './security_schema.js';

/** How the Kafka clients encrypt and authenticate, by the configuration. */
export interface KafkaSecurity {
  readonly tls: TlsOptions | undefined;
  readonly sasl: SaslOptions | undefined;
}

type Ssl = z.output<typeof kafkaSsl>;
type Sasl = z.output<typeof kafkaSasl>;

/** Where a secret is to be had, by its key in SASL; its value where that stays as it is. */
type SecretSource = (key: 'PASSWORD' | 'OAUTH.CLIENT_SECRET', value: string) => Secret;

/**
 * What SSL and SASL mean, which have been checked when the configuration was loaded.
 *
 * @param secret for those that may be replaced while the program runs
 */
export function kafkaSecurity(
  { SSL, SASL }: { SSL: Ssl; SASL: Sasl },
  logger: Pick<Logger, 'warn'>,
  secret: SecretSource = (_key, value) => value,
): KafkaSecurity {
  return {
    tls: encrypts({ ...SSL, MECHANISM: SASL.MECHANISM }) ? tlsOf(SSL) : undefined,
    sasl: saslOf(SASL, logger, secret),
  };
}

/**
 * What to warn of where messages cross the network in clear text and nobody said that they shall: no more than
 * that ENABLED is unset. Undefined where they do not.
 *
 * @param group in which the settings stand
 */
export function clearTextWarning(
  { BROKERS, SSL, SASL }: { readonly BROKERS: readonly string[]; readonly SSL: Ssl; readonly SASL: Sasl },
  group = 'KAFKA',
): string | undefined {
  const away = BROKERS.filter((broker) => !isLoopback(broker));
  if (SSL.ENABLED === false || encrypts({ ...SSL, MECHANISM: SASL.MECHANISM }) || away.length === 0) {
    return undefined;
  }
  return (
    `messages to and from ${away.join(', ')} go in clear text, and anyone on the way can read and change them; ` +
    `set ${envName(group)}_SSL_ENABLED=true, or =false where that network is trusted`
  );
}

function tlsOf(ssl: Ssl): TlsOptions {
  return {
    ca: ssl.CA,
    cert: ssl.CERT,
    key: ssl.KEY,
    keyPassphrase: ssl.KEY_PASSPHRASE,
    serverName: ssl.SERVER_NAME,
    rejectUnauthorized: ssl.REJECT_UNAUTHORIZED,
  };
}

function saslOf(sasl: Sasl, logger: Pick<Logger, 'warn'>, secret: SecretSource): SaslOptions | undefined {
  const { MECHANISM: mechanism, USERNAME: username = '', PASSWORD = '', OAUTH } = sasl;
  if (mechanism === undefined) return undefined;
  if (mechanism !== 'OAUTHBEARER') {
    return { mechanism, username, password: secret('PASSWORD', PASSWORD) };
  }
  const { TOKEN_ENDPOINT: tokenEndpoint = '', CLIENT_ID: clientId = '', CLIENT_SECRET = '', SCOPE } = OAUTH;
  const token = clientCredentials({
    tokenEndpoint,
    clientId,
    clientSecret: secret('OAUTH.CLIENT_SECRET', CLIENT_SECRET),
    scope: SCOPE,
    logger,
  });
  return { mechanism, token };
}
