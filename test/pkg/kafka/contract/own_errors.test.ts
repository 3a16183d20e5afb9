import { expect } from 'chai';
import { startBroker, type Broker } from '../../../../pkg/devbroker/index.js';
import {
  AccessDenied,
  AdminFailed,
  AdminRefused,
  createKafkajsDriver,
  KafkaAdmin,
  KafkaManager,
  Producer,
  PublishNotSent,
  type ConsumerEvent,
  type KafkaDriver,
} from '../../../../pkg/kafka/index.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { QUICK_RETRY, silent } from './harness.js';

/** Of the protocol. */
const CLUSTER_AUTHORIZATION_FAILED = 31;
const PASSING = ['REQUEST_TIMED_OUT', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_SERVER_ERROR'] as const;

/** Faults that only the embedded broker can be told to have. */
describe('kafka: what calls reject with when a broker is not as it should be', function () {
  this.timeout(30_000);
  let broker: Broker;
  let driver: KafkaDriver;

  beforeEach(async () => {
    broker = await startBroker({ topics: { t: 1, out: 1 } });
    driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'own-errors', logger: silent });
  });
  afterEach(() => broker.stop());

  const failing = (error: (typeof PASSING)[number]) =>
    broker.faults.add({ api: 'Metadata', topic: 'out', error, times: Infinity });

  for (const error of PASSING) {
    it(`a send to a topic that cannot be looked up (${error}) says that it was not sent`, async () => {
      failing(error);
      const producer = new Producer(driver, { maxBlockMs: 300 });
      const { code } = await rejection(producer.send({ topic: 'out', value: 'v' }), PublishNotSent);
      expect(code).to.equal('KAFKA_PUBLISH_NOT_SENT');
      await producer.close();
    });

    it(`a handler whose own send fails so (${error}) waits; its message is no dead letter`, async () => {
      const events: ConsumerEvent[] = [];
      const manager = new KafkaManager(driver, {
        producer: { maxBlockMs: 100 },
        onEvent: (event) => events.push(event),
      });
      manager.addConsumer(
        't',
        'g',
        async ({ value }) => {
          await manager.sendMessage('out', null, value);
        },
        { retry: { ...QUICK_RETRY, maxAttempts: 2 }, infrastructureBackoff: { initialMs: 10, maxMs: 50 } },
      );
      await manager.startAllConsumers();
      const fault = failing(error);
      await manager.sendMessage('t', null, 'v');
      const retries = () => events.flatMap((event) => (event.type === 'retried' ? [event] : []));
      await eventually(() => retries().length >= 4);
      expect(retries().every(({ infrastructure }) => infrastructure)).to.equal(true);
      fault.remove();
      await eventually(() => events.some(({ type }) => type === 'handled'));
      expect(events.filter(({ type }) => type === 'dead-lettered')).to.deep.equal([]);
      await manager.close();
    });
  }

  it('connecting a producer that may not send says that this client is kept out', async () => {
    broker.faults.add({ api: 'InitProducerId', error: CLUSTER_AUTHORIZATION_FAILED, times: Infinity });
    await rejection(new Producer(driver, { maxBlockMs: 300 }).connect(), AccessDenied);
  });

  it('a call of administration that fails for what may pass is a KafkaError with a code', async () => {
    broker.faults.add({ api: 'DescribeConfigs', error: 'UNKNOWN_SERVER_ERROR', times: Infinity });
    const { code, message } = await rejection(new KafkaAdmin(driver).describeTopic('t'), AdminFailed);
    expect(code).to.equal('KAFKA_ADMIN_FAILED');
    expect(message).to.include('describe topic t');
  });

  it('deleting messages of a partition that there is not names the partition', async () => {
    const deleting = new KafkaAdmin(driver).deleteRecords('t', [{ partition: 9, offset: 'latest' }]);
    expect((await rejection(deleting, AdminRefused)).message).to.include('it has no partition 9');
  });
});
