import kafkajs from 'kafkajs';
import {
  brokerPoolPrototype,
  brokerPrototype,
  connectionPoolPrototype,
  connectionPrototype,
  requestQueuePrototype,
  type BrokerPool,
  type ConnectionPool,
  type RequestQueue,
  type ReusedBroker,
  type ReusedConnection,
} from './internals.js';

/** Of the protocol. */
const FETCH = 1;
/** ... the first request of every connection. */
const API_VERSIONS = 18;
/** Milliseconds without a byte from a node, beside those that the fetch itself may wait there. */
const SILENT_MS = 5_000;

/** When bytes last came over a queue's connection, on the scale of Date.now(), which kafkajs goes by. */
const heardAt = new WeakMap<RequestQueue, number>();
/** What is wrong with a node that gives no first answer. */
const NO_GREETING = 'it accepts connections and does not answer';
let applied = false;

/**
 * Changes how long kafkajs 2.2.4 waits for a fetch of a group: 30 s, however short the wait that the fetch itself
 * asks for, and the member cannot join its group again before. A node that has sent no byte for 5 s longer than it
 * may wait for records is not waited for any more; an answer that is on its way is, however slowly it comes. The
 * connection, which carries nothing but fetches, ends with it: what is asked next would wait behind the lost answer.
 * So does the other one to that node, where it is as silent: else the member would read on by a new connection, and
 * not notice that it shows no sign of life on the old one.
 *
 * A node that accepts a connection and does not answer its first request would be waited for as long; the time that
 * kafkajs means to give it, which is that for connecting, is heeded. It then counts as one that cannot be connected
 * to, so that the next one is asked. Only the first node of all would be asked for its versions, which are no cue to
 * those of others during an upgrade either: here each is, whenever it is connected to.
 *
 * For what any node can tell kafkajs draws lots, and where they fall on a node that cannot be connected to, as one
 * that is silent, it draws anew, and may wait in vain again and again: here one that is connected is asked then.
 */
export function applySilencePatch(): void {
  if (applied) return;
  applied = true;
  patchQueue(requestQueuePrototype());
  patchConnection(connectionPrototype());
  patchPool(connectionPoolPrototype());
  patchBroker(brokerPrototype());
  patchBrokerPool(brokerPoolPrototype());
}

function patchBrokerPool(prototype: BrokerPool): void {
  const { withBroker } = prototype;
  prototype.withBroker = async function (callback) {
    try {
      return await withBroker.call(this, callback);
    } catch (error) {
      const connected = Object.entries(this.brokers).find(([, broker]) => broker.isConnected());
      if (connected === undefined) throw error;
      const [nodeId, broker] = connected;
      return callback({ nodeId, broker });
    }
  };
}

function patchBroker(prototype: ReusedBroker): void {
  const { connect } = prototype;
  prototype.connect = function () {
    if (!this.isConnected()) this.versions = null;
    return connect.call(this);
  };
}

function patchQueue(prototype: RequestQueue): void {
  const { createSocketRequest } = prototype;
  prototype.createSocketRequest = function (pushed) {
    const request = createSocketRequest.call(this, pushed);
    const { entry, requestTimeout: ownMs } = pushed;
    if (typeof ownMs !== 'number') return request;
    if (entry.apiKey === API_VERSIONS) return Object.assign(request, { requestTimeout: ownMs });
    if (entry.apiKey !== FETCH) return request;
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
  const { processData } = prototype;
  prototype.processData = function (bytes) {
    heardAt.set(this.requestQueue, Date.now());
    processData.call(this, bytes);
  };
}

function patchPool(prototype: ConnectionPool): void {
  const { send } = prototype;
  prototype.send = function (call) {
    const sending = send.call(this, call);
    const { apiKey } = call.request;
    // This package's own requests to fetch have no timeout of their own.
    const ofGroup = apiKey === FETCH && typeof call.requestTimeout === 'number';
    if (!ofGroup && apiKey !== API_VERSIONS) return sending;
    return sending.catch((error: unknown) => {
      if (!isTimeout(error)) throw error;
      if (ofGroup) cutSilent(this.pool);
      throw ofGroup ? error : new kafkajs.KafkaJSConnectionError(NO_GREETING);
    });
  };
}

/** After a fetch was given up: its connection, on which nothing waits any more, and any that is as silent. */
function cutSilent(connections: readonly ReusedConnection[]): void {
  const [other, ofFetches] = connections;
  for (const connection of [ofFetches, other !== undefined && isSilent(other) ? other : undefined]) {
    if (connection?.isConnected() === true) connection.socket.destroy(new Error('a fetch was not answered'));
  }
}

function isSilent({ requestQueue }: ReusedConnection): boolean {
  const longAgo = Date.now() - SILENT_MS / 2;
  if ((heardAt.get(requestQueue) ?? 0) > longAgo) return false;
  return [...requestQueue.inflight.values()].some(({ sentAt }) => sentAt !== null && sentAt < longAgo);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSRequestTimeoutError';
}
