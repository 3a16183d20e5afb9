import { AsyncLocalStorage } from 'node:async_hooks';

/** What all lines have in common that are logged while one request or message is handled. */
export interface LogContext {
  readonly correlationId: string;
  readonly [field: string]: unknown;
}

const storage = new AsyncLocalStorage<LogContext | undefined>();

/**
 * Runs `fn`, and everything it starts, with this context: its fields are in every line logged there. It
 * replaces an outer context (spread `currentContext()` to extend that) and ends with the call.
 *
 * @returns what `fn` returns.
 */
export function runWithContext<T>(context: LogContext, fn: () => T): T {
  return storage.run(context, fn);
}

/**
 * Runs `fn`, and everything it starts, without a context: for what a request begins and outlives it.
 * @returns what `fn` returns.
 */
export function runWithoutContext<T>(fn: () => T): T {
  return storage.run(undefined, fn);
}

/** The context of the running request or message, if any. */
export function currentContext(): LogContext | undefined {
  return storage.getStore();
}
