import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { KafkaAdmin, KafkaManager } from '../../../../pkg/kafka/index.js';
import { BrokerHandle } from '../../../../internal/app/tokens.js';
import { Translator } from '../../../../internal/repo/contracts.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { Instance, Instances } from '../../support/instance.js';

const translation = { source: 'en', target: 'de', original: 'hello' };

/** A translator that waits for its test. */
class HeldTranslator {
  begun = 0;
  release: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));

  async translate(): Promise<string> {
    this.begun += 1;
    await this.released;
    return 'hallo';
  }
}

describe('the service as it stops', function () {
  this.timeout(60_000);
  const instances = new Instances();

  afterEach(() => instances.stop());

  it('is not ready while it still serves, then closes the door, finishes its work, commits and leaves', async () => {
    const prefix = uniqueName('stop');
    const translator = new HeldTranslator();
    const ended: string[] = [];
    const service = await instances.start({
      prefix,
      flags: { 'HTTP.DRAIN_DELAY': '2500' },
      overrides: (container) => {
        container.rebind<Translator>(Translator).toConstantValue(translator);
      },
    });
    const broker = service.container.get<BrokerHandle>(BrokerHandle);
    const manager = service.container.get(KafkaManager);
    const admin = service.container.get(KafkaAdmin);
    service.container.rebind<BrokerHandle>(BrokerHandle).toConstantValue({
      ...broker,
      async stop() {
        const sending = manager.sendMessage(service.topic('users'), null, 'x').then(
          () => 'the producer works',
          () => 'the producer is closed',
        );
        ended.push(await sending);
        await broker.stop();
      },
    });
    const { body } = await service.send('POST', '/v1/translations', translation);
    await eventually(() => translator.begun === 1);

    const stopped = service.stop().then((clean) => void ended.push(clean ? 'clean' : 'not clean'));
    const ready = await service.send('GET', '/readyz?verbose');
    expect([ready.status, ready.body['checks']]).to.deep.equal([
      503,
      { program: { status: 'fail', detail: 'is about to stop' } },
    ]);
    expect((await service.send('GET', '/livez')).status).to.equal(200);
    expect((await service.send('POST', '/v1/users', { email: 'late@example.com' })).status).to.equal(202);
    await eventually(
      async () =>
        service.call('/livez').then(
          () => false,
          () => true,
        ),
      {
        what: 'the listener is closed',
      },
    );
    expect(ended).to.deep.equal([]);

    translator.release();
    await stopped;
    expect(ended).to.deep.equal(['the producer is closed', 'clean']);
    const group = `${prefix}.${service.topic('translations')}`;
    const lag = await admin.groupLag(group, [service.topic('translations')]);
    expect((await admin.describeGroup(group)).members).to.deep.equal([]);
    // The request is done; its answer came after the group had begun to leave, or is done as well.
    expect(lag.reduce((sum, one) => sum + one.lag, 0)).to.be.at.most(1);

    const next = await Instance.build({ prefix });
    try {
      await next.lifecycle.start();
      const found = await next.send('GET', `/v1/translations/${String(body['id'])}`);
      expect(found.body).to.include({ status: 'completed', translated: 'hallo' });
    } finally {
      await next.stop();
    }
  });

  it('stops in order and leaves its group whoever still waits for an answer, or never ends a request', async () => {
    const prefix = uniqueName('waiting');
    const service = await instances.start({ prefix, flags: { 'HTTP.SHUTDOWN_TIMEOUT': '8000' } });
    const other = await Instance.build({ prefix });
    const admin = other.container.get(KafkaAdmin);
    const { hostname, port } = new URL(service.url);
    const half = connect(Number(port), hostname);
    await once(half, 'connect');
    half.write('GET /livez HTTP/1.1\r\nhost: x\r\n');
    const query = `topic=${service.topic('users')}&group=${uniqueName('nobody')}&timeoutMs=30000`;
    const poll = service.send('GET', `/v1/kafka/consumer/receiver?${query}`);
    await eventually(async () => (await service.send('GET', '/livez')).status === 200);

    const cut = once(half, 'close');
    expect(await service.stop()).to.equal(true);
    expect((await poll).status).to.equal(204);
    await cut;
    const group = `${prefix}.${service.topic('translations')}`;
    expect((await admin.describeGroup(group)).members).to.deep.equal([]);
    await other.stop();
  });
});
