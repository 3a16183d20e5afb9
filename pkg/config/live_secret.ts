import { type Logger, redact } from '../logger/index.js';
import { readSecret, secretFileOf } from './secret_files.js';

/** What {@link liveSecret} is told of a secret. */
export interface SecretSetting {
  /** Its key, as in `KAFKA.SASL.PASSWORD`. */
  readonly path: string;
  /** What it was when the configuration was loaded. */
  readonly value: string;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * A secret of a configuration. Where it came from a file, a function that reads it whenever it is asked for, so that
 * one that was replaced is used without a restart. While the file is missing or empty, since it is just being
 * replaced, the former one stays in use, and the log says so once.
 *
 * @param config what `loadSettings` returned
 */
export function liveSecret(config: object, { path, value, logger }: SecretSetting): string | (() => string) {
  const file = secretFileOf(config, path);
  if (file === undefined) return value;
  let current = value;
  let complained = false;
  return () => {
    try {
      const found = readSecret(file);
      if (found === '') throw new Error('it is empty');
      if (found !== current) redact(found);
      current = found;
      complained = false;
    } catch (error) {
      if (!complained) logger.warn('a secret cannot be read; the former one stays in use', { file, error });
      complained = true;
    }
    return current;
  };
}
