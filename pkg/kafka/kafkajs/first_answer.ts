import { answerWithin } from '../answer_within.js';
import { settlesWithin } from '../async.js';
import { DriverError } from '../driver.js';

/** Milliseconds after which a node that has not answered keeps nobody from asking the next one. */
export const SILENT_MS = 1_000;

/**
 * Asks one after the other until one answers. Whoever has not answered after a share of the time goes on being
 * waited for, but the next is asked beside it: neither dead nodes nor silent ones make a cluster look gone that
 * still has another.
 *
 * @throws DriverError when none answers within so many milliseconds, or all failed
 */
export async function firstAnswer<T>(asks: readonly (() => Promise<T>)[], timeoutMs: number): Promise<T> {
  const shareMs = Math.min(SILENT_MS, timeoutMs / (asks.length + 1));
  try {
    return await answerWithin(oneAfterTheOther(asks, shareMs), timeoutMs);
  } catch (error) {
    throw error instanceof AggregateError ? mostTelling(error.errors as unknown[]) : error;
  }
}

async function oneAfterTheOther<T>(asks: readonly (() => Promise<T>)[], shareMs: number): Promise<T> {
  const asked: Promise<T>[] = [];
  const found = { answer: false };
  for (const ask of asks) {
    const asking = ask().then((answer) => {
      found.answer = true;
      return answer;
    });
    asked.push(asking);
    await settlesWithin(Promise.any(asked), shareMs);
    if (found.answer) break;
  }
  return Promise.any(asked);
}

/** That one node keeps this client out says more than that another does not answer. */
function mostTelling(errors: readonly unknown[]): unknown {
  const denied = errors.find((error) => error instanceof DriverError && error.denied);
  return denied ?? errors[0] ?? new DriverError('unreachable', 'there is no address to connect to');
}
