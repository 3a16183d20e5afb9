import { type z } from 'zod';
import { clientCredentials, type SaslOptions, type TlsOptions } from '../kafka/index.js';
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

/** What SSL and SASL mean, which have been checked when the configuration was loaded. */
export function kafkaSecurity(
  { SSL, SASL }: { SSL: Ssl; SASL: Sasl },
  logger: Pick<Logger, 'warn'>,
): KafkaSecurity {
  return {
    tls: encrypts({ ...SSL, MECHANISM: SASL.MECHANISM }) ? tlsOf(SSL) : undefined,
    sasl: saslOf(SASL, logger),
  };
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

function saslOf(sasl: Sasl, logger: Pick<Logger, 'warn'>): SaslOptions | undefined {
  const { MECHANISM: mechanism, USERNAME: username = '', PASSWORD: password = '', OAUTH } = sasl;
  if (mechanism === undefined) return undefined;
  if (mechanism !== 'OAUTHBEARER') return { mechanism, username, password };
  const { TOKEN_ENDPOINT: tokenEndpoint = '', CLIENT_ID: clientId = '', CLIENT_SECRET = '', SCOPE } = OAUTH;
  const token = clientCredentials({
    tokenEndpoint,
    clientId,
    clientSecret: CLIENT_SECRET,
    scope: SCOPE,
    logger,
  });
  return { mechanism, token };
}
