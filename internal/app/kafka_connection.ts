import { type Config } from '../../config/config.js';
import { encrypts } from '../../config/kafka_security.js';
import { secretFileOf } from '../../config/secret_files.js';
import { clientCredentials, type SaslOptions, type Secret, type TlsOptions } from '../../pkg/kafka/index.js';
import { type Logger } from '../../pkg/logger/index.js';
import { secretFile } from './secret_file.js';

/** How the Kafka clients encrypt and authenticate, by the configuration. */
export interface KafkaSecurity {
  readonly tls: TlsOptions | undefined;
  readonly sasl: SaslOptions | undefined;
}

/** Reads KAFKA.SSL and KAFKA.SASL, which have been checked when the configuration was loaded. */
export function kafkaSecurity(config: Config, logger: Logger): KafkaSecurity {
  const { SSL, SASL } = config.KAFKA;
  return {
    tls: encrypts({ ...SSL, MECHANISM: SASL.MECHANISM }) ? tlsOf(SSL) : undefined,
    sasl: saslOf(config, logger),
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

function saslOf(config: Config, logger: Logger): SaslOptions | undefined {
  const { MECHANISM: mechanism, USERNAME: username = '', PASSWORD = '', OAUTH } = config.KAFKA.SASL;
  const secret = (path: string, value: string): Secret => {
    const file = secretFileOf(config, path);
    return file === undefined ? value : secretFile(file, value, logger);
  };
  if (mechanism === undefined) return undefined;
  if (mechanism !== 'OAUTHBEARER') {
    return { mechanism, username, password: secret('KAFKA.SASL.PASSWORD', PASSWORD) };
  }
  const { TOKEN_ENDPOINT: tokenEndpoint = '', CLIENT_ID: clientId = '', CLIENT_SECRET = '', SCOPE } = OAUTH;
  const token = clientCredentials({
    tokenEndpoint,
    clientId,
    clientSecret: secret('KAFKA.SASL.OAUTH.CLIENT_SECRET', CLIENT_SECRET),
    scope: SCOPE,
    logger,
  });
  return { mechanism, token };
}
