import { expect } from 'chai';
import {
  KafkaAdmin,
  KafkaManager,
  NonRetryableError,
  Producer,
  PublishRefused,
  readPartition,
  ReadRefused,
  RightMissing,
  TopicFollower,
  TopicNotCreated,
  type MessageHandler,
  type SaslOptions,
} from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { grant, revoke, type Right } from './acls.js';
import { openSecured } from './secured_client.js';
import { securedNode, USERS, type SecuredNode } from './secured_node.js';

describe('a secured Apache Kafka says which right is missing', function () {
  this.timeout(90_000);
  let node: SecuredNode;
  let topic: string;

  before(async () => {
    node = await securedNode();
    topic = uniqueName('secured');
    await make(topic);
  });

  const alice: SaslOptions = { mechanism: 'SCRAM-SHA-512', username: 'alice', password: USERS.alice };
  const openAsAlice = () => openSecured(node.at('SASL'), { tls: { ca: node.authority.cert }, sasl: alice });
  const asAlice = () => openAsAlice().driver;

  async function make(...topics: readonly string[]): Promise<void> {
    const { driver } = openSecured(node.at('TLS'), { tls: { ca: node.authority.cert } });
    const specs = topics.map((name) => ({ topic: name, partitions: 2, replicationFactor: 1 }));
    await new KafkaAdmin(driver).ensureTopics(specs);
  }

  it('to send', async () => {
    const producer = new Producer(asAlice());
    const { message } = await rejection(producer.send({ topic, value: 'x' }), PublishRefused);
    await producer.close();
    expect(message).to.contain(`lacks a right on the topic ${topic}: grant its user WRITE on it`);
  });

  it('to read', async () => {
    const reading = readPartition(asAlice(), { topic, partition: 0, from: 'earliest' });
    const { message } = await rejection(reading.next(), ReadRefused);
    expect(message).to.contain(`lacks a right on the topic ${topic}: grant its user READ on it`);
  });

  it('to consume', async () => {
    const manager = new KafkaManager(asAlice());
    const group = uniqueName('group');
    manager.addConsumer(topic, group, async () => undefined);
    const { message } = await rejection(manager.startAllConsumers(), RightMissing);
    await manager.close();
    for (const one of [topic, `${topic}.${group}-dlt`, `${topic}.${group}-retry-0`]) {
      expect(message).to.contain(one);
    }
    expect(message).to.match(/lacks DESCRIBE on topic .*: grant its user DESCRIBE/);
  });

  it('of those that a group needs, on just what it is missing', async () => {
    const [source, group] = [uniqueName('partly'), uniqueName('group')];
    const failures = [`${source}.${group}-dlt`, `${source}.${group}-retry-0`];
    await make(source, ...failures);
    const start = async (): Promise<string> => {
      const manager = new KafkaManager(asAlice());
      manager.addConsumer(source, group, async () => undefined);
      const { message } = await rejection(manager.startAllConsumers(), RightMissing);
      await manager.close();
      return message;
    };
    const says = (text: RegExp) => eventually(async () => text.test(await start()), { timeoutMs: 20_000 });
    const see = (name: string): Right => ({ operation: 'READ', on: 'TOPIC', name });

    await grant(node, see(source));
    await says(/DESCRIBE on topic \S+-dlt, \S+-retry-0, for group/);
    await grant(node, ...failures.map(see));
    await says(new RegExp(`lacks READ on group ${group}: grant it`));
  });

  it('to make a topic', async () => {
    const spec = { topic: uniqueName('forbidden'), partitions: 1, replicationFactor: 1 };
    const { message } = await rejection(new KafkaAdmin(asAlice()).ensureTopics([spec]), TopicNotCreated);
    expect(message).to.match(/lacks a right on the (topic|cluster): grant its user .*CREATE/);
  });

  describe('when it is taken away while clients run, in one line of the log and in their health', () => {
    let group: string;
    let deadLetters: string;
    let client: ReturnType<typeof openAsAlice>;
    let manager: KafkaManager;
    let crashes: number;
    let handler: MessageHandler;

    beforeEach(async () => {
      topic = uniqueName('taken');
      group = uniqueName('group');
      deadLetters = `${topic}.${group}-dlt`;
      const topics = [topic, deadLetters, `${topic}.${group}-retry-0`];
      await make(...topics);
      await grant(
        node,
        ...topics.flatMap((name) =>
          (['DESCRIBE', 'READ', 'WRITE'] as const).map((operation) => ({
            operation,
            on: 'TOPIC' as const,
            name,
          })),
        ),
        { operation: 'DESCRIBE', on: 'GROUP', name: group },
        { operation: 'READ', on: 'GROUP', name: group },
      );
      client = openAsAlice();
      crashes = 0;
      handler = async () => undefined;
      manager = new KafkaManager(client.driver, {
        logger: client.log,
        consumer: { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 500 },
        onEvent: ({ type }) => {
          if (type === 'crashed') crashes += 1;
        },
      });
      manager.addConsumer(topic, group, (message, context) => handler(message, context));
      // Rules reach the authorizer a moment after they were accepted.
      await eventually(() =>
        manager.startAllConsumers().then(
          () => true,
          () => false,
        ),
      );
      await eventually(() =>
        manager.sendMessage(topic, 'key', 'before').then(
          () => true,
          () => false,
        ),
      );
      client.log.lines.splice(0);
    });
    afterEach(() => manager.close());

    const told = (): string[] => client.log.at('error').filter((line) => line.startsWith('Kafka:'));
    const problems = (): string => manager.health().problems.join();

    it('READ on the group, which is joined again once it is back', async () => {
      const right: Right = { operation: 'READ', on: 'GROUP', name: group };
      await revoke(node, right);
      await eventually(() => crashes >= 3, { timeoutMs: 30_000 });
      const text = `this client lacks a right on the group ${group}: grant its user READ on it`;
      expect(client.log.at('error')).to.deep.equal([`Kafka: ${text}`]);
      expect(problems()).to.equal(`group ${group} is recovering: ${text}`);
      await grant(node, right);
      await eventually(() => manager.health().ok, { timeoutMs: 30_000 });
    });

    it('READ on a topic, of its consumer and of a view together', async () => {
      const follower = new TopicFollower({
        topic,
        countPartitions: async () => 2,
        read: (options) => readPartition(client.driver, options),
        handle: async () => undefined,
        logger: client.log,
      });
      await follower.start();
      const right: Right = { operation: 'READ', on: 'TOPIC', name: topic };
      await revoke(node, right);
      await eventually(() => follower.status().reason !== undefined && !manager.health().ok, {
        timeoutMs: 20_000,
      });
      // What is sent meanwhile needs another right.
      await manager.sendMessage(topic, 'key', 'meanwhile');
      const text = `this client lacks a right on the topic ${topic}: grant its user READ on it`;
      expect(follower.status().reason).to.equal(text);
      expect(problems()).to.contain(text);
      await grant(node, right);
      await eventually(() => manager.health().ok && follower.status().reason === undefined, {
        timeoutMs: 30_000,
      });
      await follower.stop();
      expect([...client.log.at('error'), ...client.log.at('warn')]).to.deep.equal([`Kafka: ${text}`]);
    });

    it('WRITE on dead letters, and the partition that waits says for which message', async () => {
      const right: Right = { operation: 'WRITE', on: 'TOPIC', name: deadLetters };
      await revoke(node, right);
      handler = () => Promise.reject(new NonRetryableError('the value is not JSON'));
      await manager.sendMessage(topic, 'key', 'poison');
      const text = `this client lacks a right on the topic ${deadLetters}: grant its user WRITE on it`;
      await eventually(() => problems().includes(text), { timeoutMs: 20_000 });
      expect(told()).to.deep.equal([`Kafka: ${text}`]);
      await grant(node, right);
      await eventually(() => manager.health().ok, { timeoutMs: 45_000 });
      const [waits, ...more] = client.log.lines.filter(({ message }) =>
        message.includes('cannot be set aside'),
      );
      expect(waits?.fields).to.include({ topic, failure: 'the value is not JSON', target: deadLetters });
      expect(waits?.fields['error']).to.be.a('string').that.contains(text);
      expect(more).to.deep.equal([]);
    });
  });
});
