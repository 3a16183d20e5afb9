import { asError } from '../async.js';
import { HandlerTimeout } from '../errors.js';
import type { IncomingMessage, MessageHandler } from '../message.js';

/** How an attempt ended. After `interrupted` nothing is known about what the handler did. */
export type AttemptOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'interrupted' };

/**
 * Runs one attempt of a handler. Whatever the handler does, the promise resolves: with `failed` when it
 * throws, rejects or takes longer than `timeoutMs`, with `interrupted` as soon as `interrupt` is aborted.
 * In the latter two cases the handler's own signal is aborted; one that ignores it runs on unheeded.
 */
export function attempt(
  handler: MessageHandler,
  message: IncomingMessage,
  limits: { readonly timeoutMs: number; readonly interrupt: AbortSignal },
): Promise<AttemptOutcome> {
  const { timeoutMs, interrupt } = limits;
  if (interrupt.aborted) return Promise.resolve({ kind: 'interrupted' });
  return new Promise((resolve) => {
    const controller = new AbortController();
    const end = (outcome: AttemptOutcome) => {
      clearTimeout(timer);
      interrupt.removeEventListener('abort', onInterrupt);
      resolve(outcome);
    };
    const onInterrupt = () => {
      end({ kind: 'interrupted' });
      controller.abort(interrupt.reason);
    };
    const timer = setTimeout(() => {
      const error = new HandlerTimeout(timeoutMs);
      end({ kind: 'failed', error });
      controller.abort(error);
    }, timeoutMs);
    interrupt.addEventListener('abort', onInterrupt, { once: true });
    call(handler, message, controller.signal).then(
      () => {
        end({ kind: 'done' });
      },
      (error: unknown) => {
        end({ kind: 'failed', error: asError(error) });
      },
    );
  });
}

/** Async, so that a handler that throws at once rejects instead. */
async function call(handler: MessageHandler, message: IncomingMessage, signal: AbortSignal): Promise<void> {
  await handler(message, { signal });
}
