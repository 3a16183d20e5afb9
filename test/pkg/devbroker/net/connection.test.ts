import { connect as connectSocket, Socket } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { eventually } from '../../../support/eventually.js';
import { answerIn, rawFrame, RawClient, requestFrame } from './raw_client.js';
import { fetchRequest, initProducerIdRequest, Key, metadataRequest, produceRequest } from './requests.js';
import { WatchedClock } from './watched_clock.js';

const LONG_WAIT_MS = 60_000;

describe('connection', () => {
  const sandbox = sinon.createSandbox();
  let broker: Broker;
  let clock: WatchedClock;
  let idleTimers: number;
  let problems: unknown[];
  const clients: RawClient[] = [];

  function client(): RawClient {
    const one = new RawClient(broker.connect());
    clients.push(one);
    return one;
  }

  function socketClient(): RawClient {
    const { host, port } = broker.nodes[0]!;
    const one = new RawClient(connectSocket(port, host));
    clients.push(one);
    return one;
  }

  /** Requests that wait for something: each has a timer beside those of the broker itself. */
  function held(): number {
    return clock.pending - idleTimers;
  }

  beforeEach(async () => {
    clock = new WatchedClock();
    problems = [];
    broker = await startBroker({
      clock,
      topics: { orders: 2 },
      maxRequestBytes: 1_000_000,
      onProblem: (_message, error) => problems.push(error),
    });
    clock.isIdle();
    idleTimers = clock.pending;
  });

  afterEach(async () => {
    sandbox.restore();
    for (const one of clients.splice(0)) one.close();
    await broker.stop();
  });

  it('answers the requests of a connection in their order, a held one included', async () => {
    const reader = client();
    reader.stream.write(
      Buffer.concat([
        requestFrame(
          { key: Key.Fetch, version: 11, correlationId: 1 },
          fetchRequest({ topic: 'orders' }, { maxWaitMs: LONG_WAIT_MS }),
        ),
        requestFrame({ key: Key.Metadata, version: 6, correlationId: 2 }, metadataRequest(null)),
        requestFrame({ key: Key.ApiVersions, version: 2, correlationId: 3 }, {}),
      ]),
    );
    await eventually(() => held() === 1, { what: 'the fetch is held' });
    await client().ask(Key.Produce, 7, produceRequest({ topic: 'orders' }));
    const order = [await reader.nextFrame(), await reader.nextFrame(), await reader.nextFrame()];
    expect(order.map((frame) => frame?.readInt32BE())).to.deep.equal([1, 2, 3]);
  });

  it('serves other connections while one waits', async () => {
    const waiting = client();
    const fetch = fetchRequest({ topic: 'orders' }, { maxWaitMs: LONG_WAIT_MS });
    waiting.stream.write(requestFrame({ key: Key.Fetch, version: 11 }, fetch));
    await eventually(() => held() === 1, { what: 'the fetch is held' });
    await client().ask(Key.Metadata, 6, metadataRequest(null));
    expect(held()).to.equal(1);
  });

  it('closes the connection on an API that is not served, and reports it', async () => {
    const one = client();
    one.stream.write(rawFrame({ key: 999, version: 0 }, Buffer.alloc(0)));
    expect(await one.nextFrame()).to.equal(null);
    expect(String(problems[0])).to.contain('API 999 version 0 is not served');
  });

  it('closes the connection on a version that is not served', async () => {
    for (const version of [2, 99, -1]) {
      const one = client();
      one.stream.write(rawFrame({ key: Key.Produce, version }, Buffer.alloc(40)));
      expect(await one.nextFrame(), `Produce ${version}`).to.equal(null);
    }
  });

  it('answers ApiVersions of an unknown version in version 0, so that the client can ask again', async () => {
    const one = client();
    for (const version of [4, 127]) {
      one.stream.write(rawFrame({ key: Key.ApiVersions, version, correlationId: 5 }, Buffer.from('future')));
      const frame = await one.nextFrame();
      expect(frame?.readInt32BE()).to.equal(5);
      const answer = answerIn(frame!, Key.ApiVersions, 0) as { errorCode: number; apiKeys: object[] };
      expect(answer.errorCode).to.equal(35);
      expect(answer.apiKeys).to.deep.include({ apiKey: Key.Fetch, minVersion: 4, maxVersion: 12 });
    }
    expect(await one.ask(Key.ApiVersions, 2, {})).to.include({ errorCode: 0 });
  });

  it('advertises Produce from version 0, without which librdkafka does not compress, yet serves it from 3', async () => {
    const { apiKeys } = (await client().ask(Key.ApiVersions, 2, {})) as { apiKeys: object[] };
    expect(apiKeys).to.deep.include({ apiKey: Key.Produce, minVersion: 0, maxVersion: 9 });
    for (const version of [0, 1, 2]) {
      const one = client();
      one.stream.write(rawFrame({ key: Key.Produce, version }, Buffer.alloc(40)));
      expect(await one.nextFrame(), `Produce ${version}`).to.equal(null);
    }
  });

  it('puts tags into the header of flexible answers, except those of ApiVersions', async () => {
    const one = client();
    const request = { clientSoftwareName: 'n', clientSoftwareVersion: '1' };
    one.stream.write(requestFrame({ key: Key.ApiVersions, version: 3, correlationId: 1 }, request));
    // Directly after the correlation id comes the error code and then the count of APIs.
    expect((await one.nextFrame())?.readInt16BE(4)).to.equal(0);
    one.stream.write(
      requestFrame({ key: Key.InitProducerId, version: 2, correlationId: 2 }, initProducerIdRequest),
    );
    // One byte of tags, then throttle time, error code, and the id 1.
    expect((await one.nextFrame())?.toString('hex')).to.equal(
      '00000002' + '00' + '00000000' + '0000' + '0000000000000001' + '0000' + '00',
    );
  });

  it('takes a null client id', async () => {
    const one = client();
    const header = { key: Key.Metadata, version: 6, correlationId: 9, clientId: null };
    one.stream.write(requestFrame(header, metadataRequest(null)));
    expect((await one.nextFrame())?.readInt32BE()).to.equal(9);
  });

  it('does not answer a produce with acks=0, and goes on with the next request', async () => {
    const one = client();
    const unanswered = produceRequest({ topic: 'orders' }, { acks: 0 });
    one.stream.write(requestFrame({ key: Key.Produce, version: 7, correlationId: 77 }, unanswered));
    await one.ask(Key.Metadata, 6, metadataRequest(null));
    expect(broker.topics.partition('orders', 0)?.endOffset).to.equal(1n);
  });

  it('closes the connection when a produce with acks=0 is refused, and reports why', async () => {
    const one = client();
    const refused = produceRequest({ topic: 'orders', partition: 7 }, { acks: 0 });
    one.stream.write(requestFrame({ key: Key.Produce, version: 7 }, refused));
    expect(await one.nextFrame()).to.equal(null);
    expect(problems.map(String)).to.deep.equal([
      'UnansweredRefusal: a produce with acks=0 to orders-7 was refused: error 3',
    ]);
  });

  it('closes the connection on a frame above the limit, before it has come', async () => {
    const one = client();
    one.stream.write(Buffer.from('000f4241' + '00', 'hex'));
    expect(await one.nextFrame()).to.equal(null);
    expect(String(problems[0])).to.contain('1000001 bytes, at most 1000000');
  });

  it('closes the connection on a body that is no message', async () => {
    const one = client();
    await one.ask(Key.Metadata, 6, metadataRequest(null));
    one.stream.write(rawFrame({ key: Key.Metadata, version: 6 }, Buffer.from('7fffffff', 'hex')));
    expect(await one.nextFrame()).to.equal(null);
    expect(String(problems[0])).to.contain('2147483647 elements');
  });

  it('closes the connection when a handler fails, and reports the failure', async () => {
    const failure = new Error('broken');
    sandbox.stub(broker.topics, 'all').throws(failure);
    const one = client();
    one.stream.write(requestFrame({ key: Key.Metadata, version: 6 }, metadataRequest(null)));
    expect(await one.nextFrame()).to.equal(null);
    expect(problems).to.deep.equal([failure]);
  });

  it('works on no more requests of a client that does not read its answers', async () => {
    broker.topics.createMissing({ wide: 2000 });
    const slow = socketClient();
    slow.stream.pause();
    const asked = 500;
    for (let i = 1; i <= asked; i++) {
      const header = { key: Key.Metadata, version: 6, correlationId: i };
      slow.stream.write(requestFrame(header, metadataRequest(['wide'])));
    }
    const answered = sandbox.spy(broker.topics, 'get');
    // Without its reading no more than the buffers in between get filled; others are served meanwhile.
    let before = -1;
    await eventually(
      async () => {
        const now = answered.callCount;
        const still = now > 0 && now === before;
        before = now;
        await client().ask(Key.ApiVersions, 2, {});
        return still;
      },
      { what: 'the broker stops working for the client' },
    );
    expect(answered.callCount).to.be.lessThan(asked);
    slow.stream.resume();
    for (let i = 1; i <= asked; i++) expect((await slow.nextFrame())?.readInt32BE()).to.equal(i);
  });

  for (const [how, leave] of [
    ['destroys its end', (one: RawClient) => one.stream.destroy()],
    ['ends its side', (one: RawClient) => one.stream.end()],
    [
      'resets the connection',
      (one: RawClient) => one.stream instanceof Socket && one.stream.resetAndDestroy(),
    ],
  ] as const) {
    it(`lets go of a held fetch when the client ${how}`, async () => {
      const kinds = how.startsWith('resets') ? [socketClient] : [client, socketClient];
      for (const make of kinds) {
        const one = make();
        const fetch = fetchRequest({ topic: 'orders' }, { maxWaitMs: LONG_WAIT_MS });
        one.stream.write(requestFrame({ key: Key.Fetch, version: 11 }, fetch));
        await eventually(() => held() === 1, { what: 'the fetch is held' });
        leave(one);
        await eventually(() => held() === 0, { what: 'nobody waits any more', timeoutMs: 2000 });
      }
      expect(problems).to.deep.equal([]);
    });
  }
});
