import { type Config } from '../../config/config.js';
import { encrypts } from '../../config/kafka_security.js';
import { clientCredentials, type SaslOptions, type TlsOptions } from '../../pkg/kafka/index.js';
import { type Logger } from '../../pkg/logger/index.js';

/** How the Kafka clients encrypt and authenticate, by the configuration. */
export interface KafkaSecurity {
  readonly tls: TlsOptions | undefined;
  readonly sasl: SaslOptions | undefined;
}

/** Reads KAFKA.SSL and KAFKA.SASL, which have been checked when the configuration was loaded. */
export function kafkaSecurity({ SSL, SASL }: Config['KAFKA'], logger: Logger): KafkaSecurity {
  return {
    tls: encrypts({ ...SSL, MECHANISM: SASL.MECHANISM }) ? tlsOf(SSL) : undefined,
    sasl: saslOf(SASL, logger),
  };
}

function tlsOf(ssl: Config['KAFKA']['SSL']): TlsOptions {
  return {
    ca: ssl.CA,
    cert: ssl.CERT,
    key: ssl.KEY,
    keyPassphrase: ssl.KEY_PASSPHRASE,
    serverName: ssl.SERVER_NAME,
    rejectUnauthorized: ssl.REJECT_UNAUTHORIZED,
  };
}

function saslOf(sasl: Config['KAFKA']['SASL'], logger: Logger): SaslOptions | undefined {
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
