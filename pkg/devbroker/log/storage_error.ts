import { BrokerError } from '../errors.js';
import { ErrorCode } from '../wire/errors.js';

/** The disk refused: nothing of what was asked for has happened. Clients may try again. */
export class StorageError extends BrokerError {
  override readonly name = 'StorageError';

  constructor(message: string, cause?: unknown) {
    super(ErrorCode.KAFKA_STORAGE_ERROR, message, { cause });
  }
}

/** Runs `action` on files. What the operating system throws becomes a {@link StorageError} that says `what`. */
export function onDisk<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new StorageError(`${what}: ${error.message}`, error);
  }
}
