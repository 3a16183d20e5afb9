import { expect } from 'chai';
import { createKafkajsDriver, KafkaAdmin } from '../../../../pkg/kafka/index.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import type { KafkaCluster, KafkaNode } from '../../../../scripts/apache_kafka/cluster.js';
import { translationsIn } from '../../../cmd/samples/translations_in_topic.js';
import { startTestKafka } from '../../../support/apache_kafka.js';
import { eventually } from '../../../support/eventually.js';
import { Program } from '../../../support/program.js';
import { Requests } from './requests.js';

const TOPIC = 'translation-events';
const SOON = { timeoutMs: 60_000 };
/** Of docs/production.md: what messages may wait for before readiness fails, and some to notice it. */
const TOLD_WITHIN_MS = 15_000 + 10_000;

describe('the service while nodes of Apache Kafka fail', function () {
  this.timeout(300_000);
  let cluster: KafkaCluster;
  let app: Program;
  let requests: Requests;

  before(async () => {
    cluster = await startTestKafka('outage', {
      nodes: 3,
      properties: { 'broker.session.timeout.ms': '6000', 'broker.heartbeat.interval.ms': '1000' },
    });
  });
  // It is not there where starting failed, which is the error to show.
  after(() => (cluster as KafkaCluster | undefined)?.stop());
  beforeEach(async () => {
    app = new Program('cmd/app/main', {
      env: {
        HTTP_PORT: '0',
        LOG_FORMAT: 'pretty',
        KAFKA_BROKERS: cluster.brokers.join(','),
        KAFKA_REPLICATION_FACTOR: '3',
      },
    });
    const [, url] = await app.shows(/HTTP\s+(http:\S+)\/v1/);
    await app.shows(/is ready/);
    requests = new Requests(String(url));
    requests.start();
    await requests.acceptedMore(50);
    await readyAgain();
  });
  afterEach(async () => {
    await requests.stop();
    app.kill('SIGKILL');
    await app.exit();
  });

  const leader = async (): Promise<KafkaNode> => {
    const { brokers } = cluster;
    const admin = new KafkaAdmin(createKafkajsDriver({ brokers, clientId: 'test', logger: silentLogger }));
    const { partitions } = await admin.describeTopic(TOPIC);
    const node = cluster.nodes.find(({ id }) => id === partitions[0]?.leader);
    return node ?? expect.fail('partition 0 has no leader');
  };
  const readyAgain = () =>
    eventually(async () => (await requests.readiness()).status === 200, {
      ...SOON,
      what: () => `ready again: ${JSON.stringify(requests.lastReport)}`,
    });
  /** What every one of these outages must leave true. */
  const expectNothingLost = async (): Promise<void> => {
    await requests.stop();
    const { accepted, refusals, notAlive } = requests;
    expect(notAlive).to.equal(0);
    for (const { status, code, retryAfter } of refusals) {
      expect([status, retryAfter], code).to.deep.equal([503, '5']);
    }
    const { requested } = await translationsIn(cluster.brokers, TOPIC);
    expect([...accepted].filter((id) => !requested.has(id))).to.deep.equal([]);
    app.kill('SIGTERM');
    expect(await app.exit()).to.equal(0);
  };

  it('one that leads is killed: it is served by the others, and nothing that was accepted is lost', async () => {
    const node = await leader();
    await node.kill();
    await requests.acceptedMore(200);
    await readyAgain();
    await node.restart();
    await requests.acceptedMore(100);
    await expectNothingLost();
  });

  it('two of three are killed: not ready, with the reason; every refusal is a 503; then all is well again', async () => {
    const gone = cluster.nodes.slice(0, 2);
    await Promise.all(gone.map((node) => node.kill()));
    const { checks } = await eventually(
      async () => {
        const report = await requests.readiness();
        return report.status === 503 ? report : undefined;
      },
      { timeoutMs: TOLD_WITHIN_MS, what: 'not ready' },
    );
    expect(checks['producer']?.detail).to.match(/waits for acknowledgements: .*-events\[\d\]/);
    expect(checks['broker'], 'one node is still there').to.deep.equal({ status: 'pass' });
    expect(requests.refusals).to.not.deep.equal([]);
    await Promise.all(gone.map((node) => node.restart()));
    await requests.acceptedMore(100);
    await readyAgain();
    await expectNothingLost();
  });

  it('all are killed: not ready, since no broker answers; then all is well again', async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await eventually(async () => (await requests.readiness()).status === 503, { what: 'not ready' });
    expect(requests.lastReport?.checks['broker']).to.deep.equal({
      status: 'fail',
      detail: 'No Kafka broker answers.',
    });
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    await requests.acceptedMore(100);
    await readyAgain();
    await expectNothingLost();
  });
});
