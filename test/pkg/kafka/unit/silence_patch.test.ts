import { expect } from 'chai';
import {
  connectionPoolPrototype,
  connectionPrototype,
  requestQueuePrototype,
  type ConnectionPool,
  type RequestQueue,
  type ReusedConnection,
} from '../../../../pkg/kafka/kafkajs/internals.js';
import { applySilencePatch } from '../../../../pkg/kafka/kafkajs/silence_patch.js';
import { rejection } from './fakes.js';

const FETCH = 1;
const METADATA = 3;
const API_VERSIONS = 18;
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

  it('waits for the first answer of a node no longer than for the connection, as kafkajs asks for', () => {
    expect(sent(API_VERSIONS, 3_000, 0).requestTimeout).to.equal(3_000);
  });

  it('a node that gives no first answer counts as one that cannot be connected to', async () => {
    const timeout = Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
    const pool = Object.assign(Object.create(connectionPoolPrototype()) as ConnectionPool, {
      getConnectionByRequest: async () => ({ send: () => Promise.reject(timeout) }),
    });
    const greeting = pool.send({ request: { apiKey: API_VERSIONS }, requestTimeout: 3_000 });
    expect((await rejection(greeting)).name).to.equal('KafkaJSConnectionError');
  });

  describe('once a fetch was given up', () => {
    /** A connection of a node, with a request that left so many milliseconds ago. */
    const connection = (agoMs: number) => {
      const cut: Error[] = [];
      return {
        cut,
        isConnected: () => true,
        requestQueue: { inflight: new Map([[1, { sentAt: Date.now() - agoMs }]]) },
        socket: { destroy: (error: Error) => cut.push(error) },
      };
    };
    /** How often each connection is cut when a request by the pool ends with this error. */
    const cuts = async (other: ReturnType<typeof connection>, failure: Error, apiKey = FETCH) => {
      const ofFetches = connection(0);
      const pool = Object.assign(Object.create(connectionPoolPrototype()) as ConnectionPool, {
        pool: [other, ofFetches] as unknown as ConnectionPool['pool'],
        getConnectionByRequest: async () => ({ send: () => Promise.reject(failure) }),
      });
      const sending = pool.send({ request: { apiKey }, requestTimeout: FETCHS_OWN_MS });
      expect(await rejection(sending)).to.equal(failure);
      return [other, ofFetches].map(({ cut }) => cut.length);
    };
    const timeout = Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });

    it('its connection ends, and the other one to the node where it is as silent', async () => {
      expect(await cuts(connection(4_000), timeout)).to.deep.equal([1, 1]);
      expect(await cuts(connection(100), timeout)).to.deep.equal([0, 1]);
    });

    it('for another reason, or another request, no connection ends', async () => {
      expect(await cuts(connection(4_000), new Error('closed'))).to.deep.equal([0, 0]);
      expect(await cuts(connection(4_000), timeout, METADATA)).to.deep.equal([0, 0]);
    });
  });
});
