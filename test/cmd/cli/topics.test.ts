import { expect } from 'chai';
import { KafkaAdmin } from '../../../pkg/kafka/index.js';
import { testBrokers, uniqueName } from '../../support/broker.js';
import { openDriver } from '../../pkg/kafka/contract/harness.js';
import { cli } from './run_in_process.js';

describe('cmd/cli: topics of the service', function () {
  this.timeout(20_000);
  let brokers: readonly string[];
  let env: Record<string, string>;
  let users: string;
  let translations: string;
  let deadLetters: string;

  before(async () => {
    brokers = await testBrokers();
  });
  beforeEach(() => {
    users = uniqueName('users');
    translations = uniqueName('translations');
    deadLetters = `${translations}.my-group.${translations}-dlt`;
    env = {
      KAFKA_GROUP_ID: 'my-group',
      KAFKA_TOPICS_USER_EVENTS: users,
      KAFKA_TOPICS_TRANSLATION_EVENTS: translations,
    };
  });

  const run = (...args: string[]) => cli(['topics', ...args], { brokers, env });

  it('drift exits 1 and says what differs, apply mends it, then drift exits 0', async () => {
    const missing = await run('drift');
    expect(missing.code).to.equal(1);
    expect(missing.stdout).to.include(`${users} is missing`);
    expect(missing.stderr).to.match(/4 of 4 topics differ; "topics apply" mends them/);

    expect(await run('apply')).to.include({ code: 0 });
    const { code, stdout } = await run('drift');
    expect(code).to.equal(0);
    expect(stdout).to.include(`${users} is as it should be`);
  });

  it('apply makes the topics for messages that fail with the partitions of their topic, and drift knows them', async () => {
    expect((await run('drift')).stdout).to.include(`${deadLetters} is missing`);
    const admin = new KafkaAdmin(await openDriver());
    await admin.ensureTopics([{ topic: translations, partitions: 5, replicationFactor: 1 }]);
    await run('apply');
    expect((await admin.describeTopic(deadLetters)).partitions).to.have.length(5);
    await admin.alterTopicConfigs(deadLetters, { 'max.message.bytes': '1000' });
    const { stdout } = await run('drift');
    expect(stdout).to.include('max.message.bytes is 1000, should be 2097152');
  });

  it('apply leaves what an operator gave the topics for messages that fail beyond what they need', async () => {
    await run('apply');
    const admin = new KafkaAdmin(await openDriver());
    await admin.addPartitions(deadLetters, 4);
    await admin.alterTopicConfigs(deadLetters, { 'max.message.bytes': '9000000', 'retention.ms': '-1' });
    expect((await run('apply')).stdout).to.include(`${deadLetters} is as it should be`);
  });

  it('apply deletes nothing: what would, stays until it is told, and exits 1', async () => {
    await run('apply');
    await new KafkaAdmin(await openDriver()).alterTopicConfigs(users, { 'cleanup.policy': 'compact' });
    const cautious = await run('apply');
    expect(cautious.code).to.equal(1);
    expect(cautious.stdout).to.include('cleanup.policy is compact, should be delete: brokers would delete');
    const told = await run('apply', '--allow-deletion');
    expect(told.code).to.equal(0);
    expect(told.stdout).to.include('cleanup.policy changed from compact to delete');
  });

  it('a setting that somebody put on a topic is drift; apply takes it off only when told', async () => {
    await run('apply');
    await new KafkaAdmin(await openDriver()).alterTopicConfigs(users, { 'max.message.bytes': '100' });
    const line = 'max.message.bytes is set to 100 on the topic, the code says nothing of it';
    const drift = await run('drift');
    expect(drift.code).to.equal(1);
    expect(drift.stdout).to.include(line);
    expect(drift.stderr).to.include('"topics apply" mends what it may');

    const cautious = await run('apply');
    expect(cautious.code).to.equal(1);
    expect(cautious.stdout).to.include(`${line}: stays unless told otherwise`);
    const told = await run('apply', '--allow-reset');
    expect(told.code).to.equal(0);
    expect(told.stdout).to.include('max.message.bytes changed from 100 to 1048588');
    expect(await run('drift')).to.include({ code: 0 });
  });

  it('apply asks for no more copies in sync than there are: nothing of it is left without the key', async () => {
    await run('apply');
    const three = { brokers, env: { ...env, KAFKA_REPLICATION_FACTOR: '3' } };
    const { code, stdout } = await cli(['topics', 'apply'], three);
    expect(code).to.equal(1);
    expect(stdout).to.include(
      'min.insync.replicas is 1, should be 2: messages would be refused, with 1 copy',
    );
    expect(stdout).not.to.include('changed');
    expect(await run('drift')).to.include({ code: 0 });
  });

  it('a production service asks for three copies of every topic, of which two must have a message', async () => {
    const production = { APP_ENV: 'production', HTTP_CONTROL_TOKEN: 'x'.repeat(32) };
    await run('apply');
    const drift = await cli(['topics', 'drift'], { brokers, env: { ...env, ...production } });
    const { code, stdout } = drift;
    expect(drift.stderr).to.include('"topics apply" mends what it may, and says what stays and why');
    expect(code).to.equal(1);
    const differs = (what: string) => stdout.split(what).length - 1;
    // Those for messages that fail included.
    expect(differs('replicationFactor is 1, should be 3')).to.equal(4);
    expect(differs('min.insync.replicas is 1, should be 2')).to.equal(4);
  });
});
