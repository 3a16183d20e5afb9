import { type Config } from '../../config/config.js';
import { liveSecret } from '../../pkg/config/index.js';
import { clearTextWarning, kafkaSecurity, type KafkaSecurity } from '../../pkg/kafka_settings/index.js';
import { type Logger } from '../../pkg/logger/index.js';

/**
 * How the Kafka clients encrypt and authenticate; a secret whose file is replaced counts for the next connection.
 * Warns where production does without encryption.
 */
export function securityOf(config: Config, logger: Logger): KafkaSecurity {
  const warning = config.APP.ENV === 'production' ? clearTextWarning(config.KAFKA) : undefined;
  if (warning !== undefined) logger.warn(`Kafka: ${warning}`);
  return kafkaSecurity(config.KAFKA, logger, (key, value) =>
    liveSecret(config, { path: `KAFKA.SASL.${key}`, value, logger }),
  );
}
