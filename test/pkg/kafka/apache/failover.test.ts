import { expect } from 'chai';
import { createKafkajsDriver, KafkaAdmin, type KafkaDriver } from '../../../../pkg/kafka/index.js';
import type { KafkaCluster, KafkaNode } from '../../../../scripts/apache_kafka/cluster.js';
import { activeController } from '../../../../scripts/apache_kafka/controller.js';
import { startTestKafka } from '../../../support/apache_kafka.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { silent } from '../contract/harness.js';
import { recordFigures } from './figures.js';
import { Load } from './load.js';

const PARTITIONS = 6;
/** Between two commits a member may have handled so many messages, which come again when it loses its place. */
const BETWEEN_COMMITS = 400;
const IN_SYNC_MS = 60_000;

describe('three nodes of Apache Kafka, replication 3 and min.insync 2, under load', function () {
  this.timeout(300_000);
  let cluster: KafkaCluster;
  let admin: KafkaAdmin;
  let topic: string;
  let load: Load;

  const openDriver = (): KafkaDriver =>
    createKafkajsDriver({ brokers: cluster.brokers, clientId: 'failover', logger: silent });

  before(async () => {
    cluster = await startTestKafka('failover', {
      nodes: 3,
      // Below the default of 9 s, so that a node is given up sooner, and not so low that a busy machine trips it.
      properties: { 'broker.session.timeout.ms': '6000', 'broker.heartbeat.interval.ms': '1000' },
    });
    admin = new KafkaAdmin(openDriver());
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    topic = uniqueName('failover');
    await admin.ensureTopics([
      { topic, partitions: PARTITIONS, replicationFactor: 3, configs: { 'min.insync.replicas': '2' } },
    ]);
    load = new Load(openDriver, topic);
    await load.start();
    await load.goesOn();
    expect(await load.ready()).to.equal(true);
  });
  afterEach(() => load.close());

  const inSync = (): Promise<boolean> =>
    eventually(
      async () => {
        const { partitions } = await admin.describeTopic(topic);
        return partitions.every((partition) => partition.inSync.length === 3);
      },
      { timeoutMs: IN_SYNC_MS, what: 'all replicas in sync' },
    );
  const nodeOf = (id: number | undefined): KafkaNode => {
    const node = cluster.nodes.find((each) => each.id === id);
    if (node === undefined) throw new Error(`there is no node ${id}`);
    return node;
  };
  const readyAgain = async (since: number): Promise<number> => {
    await eventually(() => load.ready(), { timeoutMs: 60_000, what: 'ready again' });
    return Math.round(performance.now() - since);
  };
  const expectNothingLost = async (name: string, disruptions: number, recovery: number): Promise<void> => {
    const figures = await load.finish();
    await recordFigures('failover', { name, ...figures, recovery });
    expect(figures.rejected).to.deep.equal([]);
    expect(figures.lost).to.deep.equal([]);
    expect(figures.outOfOrder).to.deep.equal([]);
    expect(figures.storedTwice).to.equal(0);
    expect(figures.duplicates).to.be.at.most(disruptions * PARTITIONS * BETWEEN_COMMITS);
  };

  it('a leader that is killed costs no message', async () => {
    const { partitions } = await admin.describeTopic(topic);
    const leader = nodeOf(partitions[0]?.leader);
    const began = performance.now();
    await leader.kill();
    await load.goesOn();
    const recovery = await readyAgain(began);
    await leader.restart();
    await inSync();
    await load.goesOn();
    await expectNothingLost('SIGKILL of a leader', 2, recovery);
  });

  it('the controller that is killed costs no message', async () => {
    const controller = nodeOf(await activeController(cluster.brokers));
    const began = performance.now();
    await controller.kill();
    await load.goesOn();
    const recovery = await readyAgain(began);
    expect(await activeController(cluster.brokers)).to.not.equal(controller.id);
    await controller.restart();
    await inSync();
    await load.goesOn();
    await expectNothingLost('SIGKILL of the controller', 2, recovery);
  });

  it('a rolling restart of all three costs no message', async () => {
    let recovery = 0;
    for (const node of cluster.nodes) {
      const began = performance.now();
      await node.restart();
      await inSync();
      await load.goesOn(200);
      recovery = Math.max(recovery, await readyAgain(began));
    }
    await expectNothingLost('rolling restart', 6, recovery);
  });

  it('while all are down it is not ready; when they are back it is, and no message is lost', async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await eventually(async () => !(await load.ready()), { timeoutMs: 30_000, what: 'not ready' });
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    const began = performance.now();
    const recovery = await readyAgain(began);
    await inSync();
    await load.goesOn();
    await expectNothingLost('SIGKILL of all', 2, recovery);
  });
});
