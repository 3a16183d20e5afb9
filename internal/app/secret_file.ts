import { readSecret } from '../../config/secret_files.js';
import { type Logger, redact } from '../../pkg/logger/index.js';

/**
 * A secret that is read from its file whenever it is asked for, so that one that was replaced is used without a
 * restart. While the file is missing or empty, since it is just being replaced, the former one stays in use, and
 * the log says so once.
 *
 * @param former what it was when the configuration was loaded
 */
export function secretFile(file: string, former: string, logger: Pick<Logger, 'warn'>): () => string {
  let current = former;
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
