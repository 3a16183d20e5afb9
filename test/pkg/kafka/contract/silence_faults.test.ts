import { expect } from 'chai';
import { startBroker, type Broker } from '../../../../pkg/devbroker/index.js';
import {
  BrokerUnreachable,
  createKafkajsDriver,
  GroupJoinFailed,
  KafkaAdmin,
  KafkaManager,
  Producer,
  PublishOutcomeUnknown,
  readPartition,
  type KafkaDriver,
  type ReadBatch,
  type ReadOptions,
} from '../../../../pkg/kafka/index.js';
import { rejection } from '../../../support/caught.js';
import { silent } from './harness.js';

const LIMIT_MS = 1_500;
/** Of kafkajs's three seconds to connect twice, when it takes up the silent node again; for an answer it waits 30 s. */
const AT_ONCE_MS = 10_000;
/** So many that one of them would draw the silent node several times in a row. */
const MANY = 80;

/** Faults that only the embedded broker can be told to have. */
describe('kafka: nodes that accept connections and stay silent', function () {
  this.timeout(30_000);
  let broker: Broker;
  let driver: KafkaDriver;
  const producers: Producer[] = [];

  beforeEach(async () => {
    broker = await startBroker({ advertisedNodes: 2, topics: { t: 2, u: 2, w: 2 } });
    driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'faults', logger: silent });
  });
  afterEach(async () => {
    broker.faults.clear();
    await Promise.all(producers.splice(0).map((producer) => producer.close()));
    await broker.stop();
  });

  /** Makes one node, or all, silent. */
  const silence = (node?: number) =>
    broker.faults.add({ ...(node === undefined ? {} : { node }), drop: true, times: Infinity });
  const open = () => {
    const producer = new Producer(driver, {
      maxBlockMs: LIMIT_MS,
      deliveryTimeoutMs: 3 * LIMIT_MS,
      closeTimeoutMs: 0,
    });
    producers.push(producer);
    return producer;
  };
  const read = async (options: Partial<ReadOptions> = {}): Promise<ReadBatch[]> => {
    const batches: ReadBatch[] = [];
    const what = { topic: 't', partition: 1, from: 'earliest', to: 'end', ...options } as const;
    for await (const batch of readPartition(driver, what)) batches.push(batch);
    return batches;
  };
  const soon = async (work: Promise<unknown>): Promise<void> => {
    const startedAt = performance.now();
    await work;
    expect(performance.now() - startedAt).to.be.below(AT_ONCE_MS);
  };

  for (const node of [1, 2]) {
    it(`node ${node} alone keeps nothing from what the other node leads, of topics that are new as well`, async () => {
      const producer = open();
      const led = node === 1 ? 1 : 0;
      await producer.send({ topic: 't', partition: led, value: 'before' });
      silence(node);
      await soon(producer.send({ topic: 't', partition: led, value: 'known' }));
      await soon(producer.send({ topic: 'u', partition: led, value: 'new' }));
      await soon(open().send({ topic: 'w', partition: led, value: 'by a producer that is new' }));
      await soon(read({ partition: led, startTimeoutMs: 3 * LIMIT_MS }));
    });
  }

  it('one alone keeps no client of kafkajs from the other', async () => {
    silence(1);
    await soon(new KafkaAdmin(driver).listTopics());
  });

  it('any node can be asked: one that is connected is, where lots fall on one that is silent', async () => {
    silence(1);
    const clients = Array.from({ length: MANY }, () => new KafkaAdmin(driver));
    await soon(Promise.all(clients.map((client) => client.listTopics())));
  });

  it('what it leads itself is rejected in its time, and the error says that it was sent', async () => {
    const producer = open();
    for (const partition of [0, 1]) await producer.send({ topic: 't', partition, value: 'before' });
    silence(1);
    const error = await rejection(
      producer.send({ topic: 't', partition: 0, value: 'v' }),
      PublishOutcomeUnknown,
    );
    expect(error.message).to.include('the node that leads its partition has not answered');
  });

  describe('all of them', () => {
    beforeEach(() => {
      silence();
    });

    it('let a send, connecting, a reading and a ping end in the time that each was given', async () => {
      const ping = () => new KafkaManager(driver).ping({ timeoutMs: LIMIT_MS });
      const calls = [
        open().send({ topic: 't', value: 'v' }),
        open().connect(),
        read({ startTimeoutMs: LIMIT_MS }),
        ping(),
      ];
      await soon(Promise.all(calls.map((call) => rejection(call, BrokerUnreachable))));
    });

    it('let the delivery time end a send that waits for its topic, where it is the shorter one', async () => {
      const producer = new Producer(driver, { deliveryTimeoutMs: LIMIT_MS, maxBlockMs: 60_000 });
      await soon(rejection(producer.send({ topic: 't', value: 'v' }), BrokerUnreachable));
      await producer.close();
    });

    it('let the start of a group end in its time', async () => {
      const manager = new KafkaManager(driver, { consumer: { startTimeoutMs: LIMIT_MS } });
      manager.addConsumer('t', 'group', async () => undefined);
      await soon(rejection(manager.startAllConsumers(), GroupJoinFailed));
      await soon(manager.close());
    });

    it('let a caller who aborts a send or a reading go at once', async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const producer = new Producer(driver, { closeTimeoutMs: 0 });
      const sending = rejection(producer.send({ topic: 't', value: 'v' }, { signal }), Error);
      const reading = read({ signal });
      controller.abort();
      expect(await sending).to.include({ code: 'KAFKA_PUBLISH_NOT_SENT' });
      expect(await reading).to.deep.equal([]);
      await soon(producer.close());
    });
  });
});
