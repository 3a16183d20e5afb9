import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { createKafkajsDriver, KafkaAdmin, KafkaManager } from '../../../pkg/kafka/index.js';
import { silentLogger } from '../../../pkg/kafka/silent_logger.js';
import { testBrokers, uniqueName } from '../../support/broker.js';
import { Program, temporaryFolder } from '../../support/program.js';
import { cli } from './run_in_process.js';

/** What only the program as a process shows. */
describe('cmd/cli as a process', function () {
  this.timeout(20_000);
  let program: Program;

  afterEach(async () => {
    program.kill('SIGKILL');
    await program.exit();
  });

  it('starts no broker of its own: it says how to have one and exits 69', async () => {
    const dataDir = temporaryFolder();
    try {
      program = new Program('cmd/cli/main', { args: ['topics', 'list'], dataDir });
      expect(await program.exit()).to.equal(69);
      expect(program.stderr).to.match(/make run.*make broker.*KAFKA_BROKERS/);
      expect(program.stdout).to.equal('');
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('follows until Ctrl-C, and then ends well and by itself', async () => {
    const brokers = await testBrokers();
    const topic = uniqueName('followed');
    await cli(['topics', 'create', topic], { brokers });
    await cli(['produce', topic, 'hello'], { brokers });
    program = new Program('cmd/cli/main', {
      args: ['consume', topic, '--follow', '--from', 'earliest', '--brokers', brokers.join(',')],
    });
    await program.shows(/hello/);
    program.kill('SIGINT');
    expect(await program.exit()).to.equal(0);
    expect(program.stderr).to.equal(`Following ${topic}; Ctrl-C ends.\n`);
  });

  it('ends with 1 and says why when one of the topics that it follows is gone', async () => {
    const { brokers, admin } = await onBrokers();
    const [stays, goes] = [uniqueName('stays'), uniqueName('goes')];
    for (const topic of [stays, goes]) {
      await cli(['topics', 'create', topic], { brokers });
      await cli(['produce', topic, `of ${topic}`], { brokers });
    }
    program = new Program('cmd/cli/main', {
      args: ['consume', stays, goes, '--follow', '--from', 'earliest', '--brokers', brokers.join(',')],
    });
    await Promise.all([program.shows(new RegExp(`of ${stays}`)), program.shows(new RegExp(`of ${goes}`))]);
    await admin.deleteTopic(goes);
    expect(await program.exit()).to.equal(1);
    expect(program.stderr).to.include(`cli: Topic ${goes} does not exist`);
  });

  it('ends well and without a word when nobody reads on what it follows', async () => {
    const { brokers } = await onBrokers();
    const topic = uniqueName('followed');
    await cli(['topics', 'create', topic], { brokers });
    await cli(['produce', topic, 'hello'], { brokers });
    program = new Program('cmd/cli/main', {
      args: ['consume', topic, '--follow', '--from', 'earliest', '--brokers', brokers.join(',')],
    });
    await program.shows(/hello/);
    program.closeOutput();
    await cli(['produce', topic, 'nobody sees it'], { brokers });
    expect(await program.exit()).to.equal(0);
    expect(program.stderr).to.equal(`Following ${topic}; Ctrl-C ends.\n`);
  });

  it('ends a replay after what it has begun when nobody reads on, and says that it is not done', async () => {
    const { brokers, admin, kafka } = await onBrokers();
    const source = uniqueName('orders');
    const [letters, replays] = [`${source}.billing-dlt`, `${source}.billing-retry-0`];
    const count = 40;
    try {
      await admin.ensureTopics(
        [letters, replays].map((topic) => ({ topic, partitions: 1, replicationFactor: 1 })),
      );
      await Promise.all(Array.from({ length: count }, () => kafka.sendMessage(letters, null, 'bad')));
    } finally {
      await kafka.close();
    }
    program = new Program('cmd/cli/main', {
      // The rate leaves it the time to notice.
      args: [
        'dead-letters',
        'replay',
        '--all',
        '--rate',
        '10',
        '--topic',
        source,
        '--brokers',
        brokers.join(','),
      ],
    });
    await program.shows(/replayed/);
    program.closeOutput();
    expect(await program.exit()).to.equal(1);
    expect(program.stderr).to.match(/cli: nobody reads the output any more.*\n$/);
    const endOf = async (topic: string) => Number((await admin.topicOffsets(topic))[0]?.high);
    const replayed = await endOf(replays);
    expect(replayed).to.be.within(1, count - 1);
    expect(await endOf(`${letters}-decisions`)).to.equal(replayed);
    const [lag] = await admin.groupLag(letters, [letters]);
    expect(lag?.lag).to.equal(count - replayed);
  });
});

async function onBrokers() {
  const brokers = await testBrokers();
  const driver = createKafkajsDriver({ brokers, clientId: 'test', logger: silentLogger });
  return { brokers, admin: new KafkaAdmin(driver), kafka: new KafkaManager(driver) };
}
