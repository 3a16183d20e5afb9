import { requestQueuePrototype, type RequestQueue } from './internals.js';

const CHECK_INTERVAL_MS = 10;

/**
 * Stops kafkajs 2.2.4 from rearming a 1 ms timer for ever on each connection (about 5 % of a core while
 * idle, and a negative-timeout warning on Node 24): a check is scheduled only while requests are pending.
 */
export function applyTimerPatch(): void {
  requestQueuePrototype().scheduleCheckPendingRequests = scheduleWhenPending;
}

function scheduleWhenPending(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const delay = Math.max(this.throttledUntil - Date.now(), CHECK_INTERVAL_MS);
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delay);
}
