import { expect } from 'chai';
import { createKafkajsDriver, KafkaAdmin, type KafkaDriver } from '../../../../pkg/kafka/index.js';
import type { KafkaCluster, KafkaNode } from '../../../../scripts/apache_kafka/cluster.js';
import { activeController } from '../../../../scripts/apache_kafka/controller.js';
import { startTestKafka } from '../../../support/apache_kafka.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { silent } from '../contract/harness.js';
import { recordFigures } from './figures.js';
import { Load, REPEATED_AT_MOST } from './load.js';
import { ReadinessWatch } from './readiness_watch.js';

const PARTITIONS = 6;
const IN_SYNC_MS = 60_000;

describe('three nodes of Apache Kafka, replication 3 and min.insync 2, under load', function () {
  this.timeout(300_000);
  let cluster: KafkaCluster;
  let admin: KafkaAdmin;
  let topic: string;
  let load: Load;
  let watch: ReadinessWatch;

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
  // It is not there where starting failed, which is the error to show.
  after(() => (cluster as KafkaCluster | undefined)?.stop());
  beforeEach(async () => {
    topic = uniqueName('failover');
    await admin.ensureTopics([
      { topic, partitions: PARTITIONS, replicationFactor: 3, configs: { 'min.insync.replicas': '2' } },
    ]);
    load = new Load(openDriver, topic);
    await load.start();
    await load.goesOn();
    await eventually(() => load.ready(), { timeoutMs: 30_000, what: 'ready' });
    load.countRejoins();
    watch = await ReadinessWatch.of(load);
  });
  afterEach(async () => {
    await watch.stop();
    await load.close();
  });

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
    await watch.stop();
    const { sequence } = watch;
    const figures = await load.finish();
    await recordFigures('failover', { name, ...figures, recovery, sequence });
    // Ready at the start and at the end, and between them not ready at most once for each disruption.
    expect([sequence[0], sequence.at(-1)]).to.deep.equal([true, true]);
    expect(sequence.filter((ready) => !ready).length).to.be.at.most(disruptions);
    expect(figures.rejected).to.deep.equal([]);
    expect(figures.lost).to.deep.equal([]);
    expect(figures.outOfOrder).to.deep.equal([]);
    expect(figures.storedTwice).to.equal(0);
    // A node that is gone is no reason to do anything twice: only a group that had to come together anew is.
    expect(figures.rejoined).to.be.at.most(disruptions);
    expect(figures.duplicates).to.be.at.most(figures.rejoined * REPEATED_AT_MOST);
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
    expect(watch.answers, 'the other nodes answer').to.deep.equal([true]);
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
    expect(watch.answers, 'the other nodes answer').to.deep.equal([true]);
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
    expect(watch.answers, 'two nodes answer at any time').to.deep.equal([true]);
  });

  it('while all are down it is not ready; when they are back it is, and no message is lost', async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    const dead = performance.now();
    await eventually(() => watch.between(dead, Infinity).length > 1, { timeoutMs: 30_000, what: 'probes' });
    expect(watch.between(dead, performance.now())).to.not.include(true);
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    const began = performance.now();
    const recovery = await readyAgain(began);
    await inSync();
    await load.goesOn();
    await expectNothingLost('SIGKILL of all', 2, recovery);
    expect(watch.sequence.slice(0, 2)).to.deep.equal([true, false]);
  });
});
