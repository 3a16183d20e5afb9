import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'chai';
import {
  BrokerUnreachable,
  createKafkajsDriver,
  GroupJoinFailed,
  KafkaManager,
  UnknownTopic,
} from '../../../../pkg/kafka/index.js';
import { embeddedBroker, onExternalBroker, testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, Inbox, newTopic, openAdmin, openManager, silent } from './harness.js';

async function rejection(work: Promise<unknown>): Promise<Error & { code?: string }> {
  return work.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error as Error,
  );
}

describe('kafka contract: manager and admin', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('the consumers can be switched off and on while running, without a loss', async () => {
    const topic = await newTopic(2);
    const inbox = new Inbox();
    const manager = await openManager();
    manager.addConsumer(topic, uniqueName('group'), inbox.handler, { replays: false });
    await manager.startAllConsumers();
    await manager.sendMessage(topic, 'a', 'before');
    await inbox.has(1);
    await manager.disableConsumer();
    expect(manager.isConsumerEnabled()).to.equal(false);
    expect(manager.getStatus().consumers[0]?.state).to.equal('stopped');
    expect((await rejection(manager.startConsumer(topic))).code).to.equal('KAFKA_CONSUMER_DISABLED');
    await manager.startAllConsumers();
    expect(manager.getStatus().consumers[0]?.state, 'startAllConsumers skips').to.equal('stopped');

    await manager.sendMessage(topic, 'a', 'meanwhile');
    await manager.enableConsumer();
    await inbox.has(2);
    expect(inbox.values).to.deep.equal(['before', 'meanwhile']);
    expect(manager.getStatus()).to.deep.include({
      consumerEnabled: true,
      consumerCount: 1,
      scope: 'instance',
    });
    expect(manager.getStatus().consumers[0]).to.deep.include({
      state: 'running',
      topics: [topic],
      assigned: [
        { topic, partition: 0 },
        { topic, partition: 1 },
      ],
      stoppedPartitions: [],
    });
  });

  it('consumers that are switched on while no broker answers join as soon as one does', async function () {
    if (onExternalBroker()) this.skip();
    const topic = await newTopic(1);
    const { brokers, faults } = await embeddedBroker();
    const driver = createKafkajsDriver({ brokers, clientId: 'x', logger: silent });
    const manager = new KafkaManager(driver, {
      consumer: { startTimeoutMs: 2_000, sessionTimeoutMs: 6_000 },
    });
    const inbox = new Inbox();
    manager.addConsumer(topic, uniqueName('group'), inbox.handler);
    await manager.startAllConsumers();
    await manager.disableConsumer();
    const down = faults.add({ disconnect: 'before', times: Infinity });
    try {
      expect(await rejection(manager.enableConsumer())).to.be.instanceOf(GroupJoinFailed);
      expect(manager.health().ok).to.equal(false);
    } finally {
      down.remove();
    }
    await manager.sendMessage(topic, null, 'x');
    await inbox.has(1);
    expect(manager.health().ok).to.equal(true);
    await manager.close();
  });

  it('the producer can be switched off and on while running', async () => {
    const topic = await newTopic(1);
    const manager = await openManager();
    const accepted = manager.sendMessage(topic, null, '1');
    await manager.disableProducer();
    expect((await accepted).offset).to.equal('0');
    expect((await rejection(manager.sendMessage(topic, null, '2'))).code).to.equal('KAFKA_PRODUCER_DISABLED');
    manager.enableProducer();
    expect((await manager.sendMessage(topic, null, '3')).offset).to.equal('1');
  });

  it('C7: ten concurrent closes close once, and a closed manager says so', async () => {
    const topic = await newTopic(1);
    const manager = await openManager();
    manager.addConsumer(topic, uniqueName('group'), new Inbox().handler);
    await manager.startAllConsumers();
    await manager.sendMessage(topic, null, 'x');
    await Promise.all(Array.from({ length: 10 }, () => manager.close()));
    await manager.close();
    expect((await rejection(manager.sendMessage(topic, null, 'y'))).code).to.equal('KAFKA_CLOSED');
    expect((await rejection(manager.startAllConsumers())).code).to.equal('KAFKA_CLOSED');
  });

  it('starting at once with stopping ends stopped, and the group is left', async () => {
    const topic = await newTopic(1);
    const manager = await openManager();
    const groupId = uniqueName('group');
    manager.addConsumer(topic, groupId, new Inbox().handler);
    const started = manager.startConsumer(topic).catch(() => undefined);
    await Promise.all([manager.disableConsumer(), started]);
    expect(manager.getStatus().consumers[0]).to.deep.include({ state: 'stopped', assigned: [] });
  });

  it('a topic that does not exist is named when a consumer starts and when a message is sent', async () => {
    const missing = uniqueName('missing');
    const manager = await openManager();
    manager.addConsumer(missing, uniqueName('group'), new Inbox().handler);
    for (const work of [
      () => manager.startConsumer(missing),
      () => manager.sendMessage(missing, null, 'x'),
    ]) {
      const error = await rejection(work());
      expect(error).to.be.instanceOf(UnknownTopic);
      expect(error.message).to.contain(missing);
    }
    expect(manager.getStatus().consumers[0]?.state).to.equal('stopped');
  });

  it('brokers that do not answer are named, with the reason', async () => {
    const driver = createKafkajsDriver({ brokers: ['127.0.0.1:1'], clientId: 'x', logger: silent });
    const manager = new KafkaManager(driver, { consumer: { startTimeoutMs: 500 } });
    const unreachable = await rejection(manager.ping({ timeoutMs: 2_000 }));
    expect(unreachable).to.be.instanceOf(BrokerUnreachable);
    expect(unreachable.message).to.match(/127\.0\.0\.1:1 .*ECONNREFUSED/);

    manager.addConsumer('any', 'any', new Inbox().handler);
    const notJoined = await rejection(manager.startAllConsumers());
    expect(notJoined).to.be.instanceOf(GroupJoinFailed);
    expect(notJoined.message).to.match(/127\.0\.0\.1:1 .*ECONNREFUSED/);
    await manager.close();
    await (await openManager()).ping();
  });

  it('ping finds the one broker that answers, however many others are dead or silent', async () => {
    const [alive = ''] = await testBrokers();
    const silentHost = net.createServer().listen(0, '127.0.0.1');
    await once(silentHost, 'listening');
    const { port } = silentHost.address() as net.AddressInfo;
    try {
      for (const brokers of [
        ['127.0.0.1:1', '127.0.0.1:1', alive],
        [`127.0.0.1:${port}`, '127.0.0.1:1', alive],
      ]) {
        const manager = new KafkaManager(createKafkajsDriver({ brokers, clientId: 'x', logger: silent }));
        await manager.ping({ timeoutMs: 900 });
        await manager.close();
      }
    } finally {
      silentHost.close();
    }
  });

  it('ensureTopics creates what is missing and reports what exists', async () => {
    const admin = await openAdmin();
    const [old, fresh] = [await newTopic(2), uniqueName('fresh')];
    const specs = [old, fresh].map((topic) => ({ topic, partitions: 3, replicationFactor: 1 }));
    expect(await admin.ensureTopics(specs)).to.deep.equal([
      {
        topic: old,
        created: false,
        partitions: 2,
        differences: [{ what: 'partitions', wanted: '3', actual: '2' }],
      },
      { topic: fresh, created: true, partitions: 3, differences: [] },
    ]);
    await admin.deleteTopic(fresh);
    await eventually(async () => (await rejection(admin.topicOffsets(fresh))).code === 'KAFKA_UNKNOWN_TOPIC');
  });

  it('runs over in-memory streams instead of sockets', async function () {
    if (onExternalBroker()) this.skip();
    const topic = await newTopic(1);
    const broker = await embeddedBroker();
    const driver = createKafkajsDriver({
      brokers: broker.brokers,
      clientId: 'in-memory',
      logger: silent,
      socketFactory: ({ onConnect }) => {
        const stream = broker.connect();
        setImmediate(onConnect);
        return stream;
      },
    });
    const manager = new KafkaManager(driver, { consumer: { sessionTimeoutMs: 6_000 } });
    const inbox = new Inbox();
    manager.addConsumer(topic, uniqueName('group'), inbox.handler);
    await manager.startAllConsumers();
    await manager.sendMessage(topic, 'k', 'v');
    await inbox.has(1);
    await manager.close();
    expect(inbox.values).to.deep.equal(['v']);
  });
});
