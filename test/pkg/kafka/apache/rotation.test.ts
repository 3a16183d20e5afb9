import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { AccessDenied, KafkaAdmin, KafkaManager, Producer } from '../../../../pkg/kafka/index.js';
import { clientCredentials } from '../../../../pkg/kafka/security/token_source.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { newAuthority, type KeyPair } from '../../../support/certificates.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';
import { startTokenEndpoint, unsignedToken } from '../../../support/token_endpoint.js';
import { WatchedSockets, openSecured } from './secured_client.js';
import { securedNode, USERS, type SecuredNode } from './secured_node.js';

describe('a secured Apache Kafka, while clients run', function () {
  this.timeout(90_000);
  let node: SecuredNode;
  let tls: { ca: string };
  let topic: string;

  before(async () => {
    node = await securedNode();
    tls = { ca: node.authority.cert };
    topic = uniqueName('secured');
    const { driver } = openSecured(node.at('TLS'), { tls });
    await new KafkaAdmin(driver).ensureTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
  });

  it('K18: tokens that expire are renewed without a message failing, and sessions on the same connections', async () => {
    const lifetimeMs = 8_000;
    const endpoint = await startTokenEndpoint(() => ({
      body: { access_token: unsignedToken('admin', lifetimeMs), expires_in: lifetimeMs / 1_000 },
    }));
    const token = clientCredentials({
      tokenEndpoint: endpoint.url,
      clientId: 'kit',
      clientSecret: 'secret',
      logger: new LogBook(),
    });
    let authentications = 0;
    const counted = () => {
      authentications += 1;
      return token();
    };
    const sockets = new WatchedSockets(node.authority.cert);
    const { driver, log } = openSecured(node.at('SASL'), {
      socketFactory: sockets.open,
      sasl: { mechanism: 'OAUTHBEARER', token: counted },
    });
    const manager = new KafkaManager(driver, { consumer: { sessionTimeoutMs: 6_000 } });
    const group = uniqueName('group');
    const got = new Set<string>();
    try {
      manager.addConsumer(topic, group, async ({ value }) => {
        got.add(String(value));
      });
      await manager.startAllConsumers();
      let sent = 0;
      const sendOne = async (): Promise<void> => {
        await manager.sendMessage(topic, 'key', `token-${(sent += 1)}`);
        await eventually(() => got.has(`token-${sent}`));
      };
      await sendOne();
      const started = performance.now();
      // Past the life of the first token and of the one after it.
      while (performance.now() - started < 2.2 * lifetimeMs) await sendOne();
      // Brokers end a connection whose session has expired: none was, since each was authenticated again.
      const open = sockets.made - sockets.lifetimes.length;
      expect(sockets.lifetimes.filter((ms) => ms > 0.75 * lifetimeMs)).to.deep.equal([]);
      expect(open).to.be.at.least(2);
      expect(authentications - sockets.made).to.be.at.least(2 * open);
      expect(endpoint.requests.length).to.be.greaterThan(2);
      expect(manager.getStatus().consumers[0]?.state).to.equal('running');
      expect(log.at('error')).to.deep.equal([]);
    } finally {
      await manager.close();
      await endpoint.stop();
    }
  });

  describe('K18: a certificate that is replaced', () => {
    const save = async ({ cert, key }: KeyPair): Promise<void> => {
      await writeFile(path.join(node.folder, 'own.pem'), cert);
      await writeFile(path.join(node.folder, 'own_key.pem'), key);
    };
    const files = () => ({
      ...tls,
      cert: path.join(node.folder, 'own.pem'),
      key: path.join(node.folder, 'own_key.pem'),
    });

    it('is used from the next connection on', async () => {
      await save(await node.authority.issue());
      const admin = new KafkaAdmin(openSecured(node.at('MTLS'), { tls: files() }).driver);
      expect(await admin.listTopics()).to.include(topic);
      await save(await node.authority.issue({ from: -7_200_000, to: -3_600_000 }));
      await rejection(admin.listTopics(), AccessDenied);
      await save(await node.authority.issue({ name: 'renewed' }));
      expect(await admin.listTopics()).to.include(topic);
    });

    it('G7: by a wrong one is told in one line of the log, not with each attempt, until it is mended', async () => {
      await save(await node.authority.issue());
      const { driver, log } = openSecured(node.at('MTLS'), { tls: files() });
      const producer = new Producer(driver, { maxBlockMs: 60_000 });
      try {
        await producer.send({ topic, value: 'before' });
        await save(await (await newAuthority('Somebody else')).issue());
        const [first] = node.cluster.nodes;
        await first?.restart();
        const waiting = producer.send({ topic, value: 'after' });
        await eventually(() => log.at('error').length > 0, { timeoutMs: 30_000 });
        await save(await node.authority.issue());
        await waiting;
        expect(log.at('error')).to.have.length(1);
        expect(log.at('error')[0]).to.match(/^Kafka: .*certificate.*signed by an authority/);
      } finally {
        await producer.close();
      }
    });
  });

  it('K18: a password that is replaced is used from the next connection on, by clients that run as well', async () => {
    let password = USERS.admin;
    const sasl = { mechanism: 'SCRAM-SHA-512', username: 'admin', password: () => password } as const;
    const { driver, log } = openSecured(node.at('SASL'), { tls, sasl });
    const producer = new Producer(driver, { maxBlockMs: 60_000 });
    try {
      await producer.send({ topic, value: 'before' });
      password = 'not it any more';
      const [first] = node.cluster.nodes;
      await first?.restart();
      const waiting = producer.send({ topic, value: 'after' });
      await eventually(() => log.at('error').length > 0, { timeoutMs: 30_000 });
      await rejection(new KafkaAdmin(driver).listTopics(), AccessDenied);
      password = USERS.admin;
      await waiting;
      expect(await new KafkaAdmin(driver).listTopics()).to.include(topic);
    } finally {
      await producer.close();
    }
  });
});
