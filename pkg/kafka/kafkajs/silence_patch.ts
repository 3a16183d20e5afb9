import {
  connectionPrototype,
  requestQueuePrototype,
  type PushedRequest,
  type RequestQueue,
  type ReusedConnection,
} from './internals.js';

/** Of the protocol. */
const FETCH = 1;
/** Milliseconds without a byte from a node, beside those that the fetch itself may wait there. */
const SILENT_MS = 5_000;

/** When bytes last came over a queue's connection, on the scale of Date.now(), which kafkajs goes by. */
const heardAt = new WeakMap<RequestQueue, number>();
let applied = false;

/**
 * Changes how long kafkajs 2.2.4 waits for a fetch of a group: 30 s, however short the wait that the fetch itself
 * asks for, and the member cannot join its group again before. A node that has sent no byte for 5 s longer than it
 * may wait for records is not waited for any more; an answer that is on its way is, however slowly it comes. The
 * connection, which carries nothing but fetches, ends with it: what is asked next would wait behind the lost answer.
 */
export function applySilencePatch(): void {
  if (applied) return;
  applied = true;
  patchQueue(requestQueuePrototype());
  patchConnection(connectionPrototype());
}

function patchQueue(prototype: RequestQueue): void {
  const { createSocketRequest } = prototype;
  prototype.createSocketRequest = function (pushed) {
    const request = createSocketRequest.call(this, pushed);
    const { requestTimeout: ownMs } = pushed;
    if (!isGroupFetch(pushed.entry.apiKey, ownMs)) return request;
    const longestMs = request.requestTimeout;
    return Object.defineProperty(request, 'requestTimeout', {
      get: () => {
        const heardMs = Math.max(0, (heardAt.get(this) ?? 0) - (request.sentAt ?? 0));
        return Math.min(longestMs, heardMs + ownMs + SILENT_MS);
      },
    });
  };
}

function patchConnection(prototype: ReusedConnection): void {
  const { processData, send } = prototype;
  prototype.processData = function (bytes) {
    heardAt.set(this.requestQueue, Date.now());
    processData.call(this, bytes);
  };
  prototype.send = function (call) {
    const sending = send.call(this, call);
    if (!isGroupFetch(call.request.apiKey, call.requestTimeout)) return sending;
    return sending.catch((error: unknown) => {
      if (isTimeout(error)) this.socket.destroy(new Error('a fetch was not answered'));
      throw error;
    });
  };
}

/** This package's own requests to fetch have no timeout of their own. */
function isGroupFetch(apiKey: number, ownMs: PushedRequest['requestTimeout']): ownMs is number {
  return apiKey === FETCH && typeof ownMs === 'number';
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSRequestTimeoutError';
}
