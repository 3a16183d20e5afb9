import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { KAFKA_VERSION } from '../../scripts/apache_kafka/jars.js';
import { nodeProperties } from '../../scripts/apache_kafka/node_properties.js';
import { freePorts, portIsFree } from '../../scripts/apache_kafka/ports.js';
import { endRecordedNode, isRecordedNode } from '../../scripts/apache_kafka/run_record.js';
import { findJava, findMaven, javaMajor, MissingToolError } from '../../scripts/apache_kafka/toolchain.js';
import { projectRoot } from '../../config/project_root.js';

describe('local Apache Kafka', () => {
  describe('Java', () => {
    it('is recognised by its major release, in the old and in the new way of writing it', () => {
      expect(javaMajor('openjdk version "17.0.15" 2025-04-15')).to.equal(17);
      expect(javaMajor('openjdk version "25" 2025-09-16')).to.equal(25);
      expect(javaMajor('java version "1.8.0_402"')).to.equal(8);
      expect(javaMajor('Unable to locate a Java Runtime.')).to.equal(undefined);
    });

    it('that is missing is an error that says how to get it', async () => {
      const error: unknown = await findJava({ JAVA_HOME: '/nowhere' }).catch((reason: unknown) => reason);

      expect(error).to.be.instanceOf(MissingToolError);
      expect(String(error)).to.match(/JDK 17 or newer.*does not run.*apt install/);
    });
  });

  it('names Maven and the way to get it where it is missing', async () => {
    const error: unknown = await findMaven({ PATH: '/nowhere' }).catch((reason: unknown) => reason);

    expect(error).to.be.instanceOf(MissingToolError);
    expect(String(error)).to.match(/"mvn" does not run.*apt install maven/);
  });

  it('has the same release in Docker as out of the jars', async () => {
    const file = await readFile(join(projectRoot(), 'docker-compose.kafka.yml'), 'utf8');
    const { services } = parse(file, { merge: true }) as { services: Record<string, { image: string }> };

    const images = Object.values(services).map((service) => service.image);
    expect(images).to.deep.equal(Array.from({ length: 3 }, () => `apache/kafka:${KAFKA_VERSION}`));
  });

  describe('settings of a node', () => {
    const address = (id: number) => ({ id, port: 100 + id, controllerPort: 200 + id });
    const settings = (cluster: ReturnType<typeof address>[], extra = {}): string[] => {
      const [node] = cluster;
      return nodeProperties({ node: node!, cluster, logDir: '/data', extra }).split('\n');
    };

    it('replicate nothing where it is alone', () => {
      expect(settings([address(1)])).to.include.members([
        'controller.quorum.voters=1@127.0.0.1:201',
        'offsets.topic.replication.factor=1',
        'min.insync.replicas=1',
      ]);
    });

    it('replicate to three nodes, of which two must have a write', () => {
      expect(settings([1, 2, 3].map(address))).to.include.members([
        'controller.quorum.voters=1@127.0.0.1:201,2@127.0.0.1:202,3@127.0.0.1:203',
        'offsets.topic.replication.factor=3',
        'transaction.state.log.replication.factor=3',
        'transaction.state.log.min.isr=2',
        'min.insync.replicas=2',
      ]);
    });

    it('give way to the settings of the caller', () => {
      const lines = settings([address(1)], { 'auto.create.topics.enable': 'true' });

      expect(lines.filter((line) => line.startsWith('auto.create'))).to.deep.equal([
        'auto.create.topics.enable=true',
      ]);
    });
  });

  describe('ports', () => {
    it('that are called free are different, and can be listened on', async () => {
      const ports = await freePorts(3);

      expect(new Set(ports).size).to.equal(3);
      for (const port of ports) expect(await portIsFree(port)).to.equal(true);
    });

    for (const host of ['127.0.0.1', '0.0.0.0']) {
      it(`are taken where somebody listens on ${host}`, async () => {
        const server = createServer().listen(0, host);
        await once(server, 'listening');
        const address = server.address();
        const port = typeof address === 'object' ? address?.port : undefined;

        expect(await portIsFree(port ?? 0)).to.equal(false);
        server.close();
      });
    }
  });

  describe('recorded process', () => {
    it('is recognised by its command line, and ended', async () => {
      const broker = spawn(process.execPath, [
        '-e',
        'setInterval(() => {}, 1000)',
        'kafka.Kafka',
        '/a/server.properties',
      ]);
      const ended = once(broker, 'exit');
      await once(broker, 'spawn');
      const node = { pid: broker.pid ?? 0, properties: '/a/server.properties' };

      expect(await isRecordedNode(node)).to.equal(true);
      await endRecordedNode(node, 5000);
      expect(await ended).to.deep.equal([null, 'SIGTERM']);
    });

    it('is left alone where the pid belongs to another program by now', async () => {
      const node = { pid: process.pid, properties: '/a/server.properties' };

      await endRecordedNode(node, 0);
      expect(await isRecordedNode(node)).to.equal(false);
    });
  });
});
