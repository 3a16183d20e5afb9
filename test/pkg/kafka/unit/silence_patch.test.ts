import { expect } from 'chai';
import {
  connectionPrototype,
  requestQueuePrototype,
  type RequestQueue,
  type ReusedConnection,
} from '../../../../pkg/kafka/kafkajs/internals.js';
import { applySilencePatch } from '../../../../pkg/kafka/kafkajs/silence_patch.js';

const FETCH = 1;
const METADATA = 3;
const CLIENTS_OWN_MS = 30_000;
/** What kafkajs asks for with a fetch that waits 250 ms at the node. */
const FETCHS_OWN_MS = 350;

describe('kafkajs: silence patch', () => {
  let queue: RequestQueue;

  before(applySilencePatch);
  beforeEach(() => {
    queue = Object.assign(Object.create(requestQueuePrototype()) as RequestQueue, {
      requestTimeout: CLIENTS_OWN_MS,
      inflight: new Map(),
    });
  });

  /** A request that left so many milliseconds ago. */
  const sent = (apiKey: number, requestTimeout: number | null, agoMs: number) =>
    Object.assign(queue.createSocketRequest({ entry: { apiKey }, requestTimeout }), {
      sentAt: Date.now() - agoMs,
    });
  const bytesCome = () => {
    const connection: ReusedConnection = Object.assign(
      Object.create(connectionPrototype()) as ReusedConnection,
      { requestQueue: queue, chunks: [], bytesBuffered: 0, bytesNeeded: 1_000 },
    );
    connection.processData(Buffer.from('part of an answer'));
  };

  it('waits for a fetch for 5 s longer than it may wait at the node', () => {
    expect(sent(FETCH, FETCHS_OWN_MS, 0).requestTimeout).to.equal(FETCHS_OWN_MS + 5_000);
  });

  it('waits on while an answer comes, but no longer than kafkajs does', () => {
    const [young, old] = [sent(FETCH, FETCHS_OWN_MS, 4_000), sent(FETCH, FETCHS_OWN_MS, 29_000)];
    bytesCome();
    expect(young.requestTimeout).to.be.within(FETCHS_OWN_MS + 9_000, FETCHS_OWN_MS + 9_500);
    expect(old.requestTimeout).to.equal(CLIENTS_OWN_MS);
  });

  it('counts from the fetch and not from bytes that came before it', () => {
    bytesCome();
    const fetch = Object.assign(sent(FETCH, FETCHS_OWN_MS, 0), { sentAt: Date.now() + 1_000 });
    expect(fetch.requestTimeout).to.equal(FETCHS_OWN_MS + 5_000);
  });

  it('leaves other requests, and those without a time of their own, as they are', () => {
    expect(sent(METADATA, FETCHS_OWN_MS, 0).requestTimeout).to.equal(CLIENTS_OWN_MS);
    expect(sent(FETCH, null, 0).requestTimeout).to.equal(CLIENTS_OWN_MS);
  });
});
