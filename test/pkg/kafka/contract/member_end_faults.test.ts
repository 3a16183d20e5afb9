import net from 'node:net';
import { expect } from 'chai';
import { startBroker, type Broker } from '../../../../pkg/devbroker/index.js';
import type { DriverConsumer, DriverConsumerListener } from '../../../../pkg/kafka/driver.js';
import { createKafkajsDriver, KafkaManager } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { deferred, rejection } from '../unit/fakes.js';
import { silent } from './harness.js';

/** Of the protocol. */
const GROUP_AUTHORIZATION_FAILED = 30;
const FIRST = { topic: 't', partition: 0 };

/** Faults that only the embedded broker can be told to have. */
describe('kafka: the end of one life of a member', function () {
  this.timeout(30_000);
  let broker: Broker;
  const sockets: net.Socket[] = [];
  let member: DriverConsumer | undefined;

  beforeEach(async () => {
    sockets.length = 0;
    broker = await startBroker({ topics: { t: 1 } });
  });
  afterEach(async () => {
    broker.faults.clear();
    await member?.stop();
    await broker.stop();
  });

  /** A member, of which each socket is kept. */
  function open(fromBeginning: boolean, told: Partial<DriverConsumerListener> = {}): DriverConsumer {
    const { brokers } = broker;
    const driver = createKafkajsDriver({
      brokers,
      clientId: 'member',
      logger: silent,
      socketFactory: (target) => {
        const socket = net.connect(target, target.onConnect);
        sockets.push(socket);
        return socket;
      },
    });
    const listener: DriverConsumerListener = {
      onAssigned: () => undefined,
      onRejoining: async () => undefined,
      onRevoked: () => undefined,
      onCrashed: () => undefined,
      onFetched: () => undefined,
      onBatch: async () => undefined,
      onSkipped: () => undefined,
      onUnreadable: () => undefined,
      ...told,
    };
    const options = { sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 6_000, heartbeatIntervalMs: 200 };
    member = driver.consumer({ ...options, groupId: 'g', topics: [{ topic: 't', fromBeginning }] }, listener);
    return member;
  }

  async function send(value: string): Promise<void> {
    const { brokers } = broker;
    const manager = new KafkaManager(createKafkajsDriver({ brokers, clientId: 'sender', logger: silent }));
    await manager.sendMessage('t', 'k', value);
    await manager.close();
  }

  it('a crash leaves no connection behind, and none is opened for what is still tried then', async () => {
    await send('v');
    const [fetched, crashed] = [deferred(), deferred<Error>()];
    const onBatch = async () => {
      fetched.resolve();
    };
    const consumer = open(true, { onBatch, onCrashed: crashed.resolve });
    await consumer.start(10_000);
    await fetched.promise;
    const moving = broker.faults.add({ api: 'OffsetCommit', error: 'NOT_COORDINATOR', times: Infinity });
    const committing = consumer.commit([{ ...FIRST, offset: 1n }]).then(
      () => 'committed',
      () => 'refused',
    );
    await moving.waitUntilUsed();
    broker.faults.add({ api: 'Heartbeat', error: GROUP_AUTHORIZATION_FAILED, times: Infinity });
    await crashed.promise;
    moving.remove();
    const outcome = await committing;
    await eventually(() => sockets.every(({ destroyed }) => destroyed));
    expect(outcome).to.equal('refused');
  });

  it('a start is over as soon as the member is stopped, though it has joined and seeks where to begin', async () => {
    const hidden = broker.faults.add({ api: 'ListOffsets', error: 'UNKNOWN_SERVER_ERROR', times: Infinity });
    const consumer = open(false);
    const starting = rejection(consumer.start(60_000));
    await hidden.waitUntilUsed();
    await consumer.stop();
    expect((await starting).message).to.equal('the member was stopped before it had started');
  });
});
