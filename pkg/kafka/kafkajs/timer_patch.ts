import { createRequire } from 'node:module';

/** The one version whose internals the patch was written for. */
const PATCHED_VERSION = '2.2.4';
const CHECK_INTERVAL_MS = 10;

/** The part of kafkajs's request queue that the patch touches. */
export interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/**
 * Stops kafkajs 2.2.4 from rearming a 1 ms timer for ever on each connection (about 5 % of a core while
 * idle, and a negative-timeout warning on Node 24): a check is scheduled only while requests are pending.
 *
 * @returns false, changing nothing, when another version of kafkajs is installed.
 */
export function applyTimerPatch(): boolean {
  const load = createRequire(import.meta.url);
  const { version } = load('kafkajs/package.json') as { version: string };
  if (version !== PATCHED_VERSION) return false;
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = scheduleWhenPending;
  return true;
}

function scheduleWhenPending(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const delay = Math.max(this.throttledUntil - Date.now(), CHECK_INTERVAL_MS);
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delay);
}
