import { expect } from 'chai';
import { eventually } from '../../support/eventually.js';
import { Programs } from '../../support/programs.js';

describe('cmd/consumer with its samples', function () {
  this.timeout(90_000);
  let programs: Programs;

  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(() => programs.end());

  it('does the work of a service whose own consumers are off, on the broker of that service', async () => {
    const { url: app } = await programs.ready('cmd/app/main', { KAFKA_CONTROL_CONSUMER_ENABLED: 'false' });
    const { program: consumer, url } = await programs.ready('cmd/consumer/main', {
      KAFKA_GROUP_ID: 'my-group',
    });
    const asked = await fetch(`${app}/v1/translations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ source: 'en', target: 'fr', original: 'thank you' }),
    });
    const { id } = (await asked.json()) as { id: string };
    await eventually(async () => {
      const answer = await fetch(`${app}/v1/translations/${id}`);
      return (
        answer.status === 200 && ((await answer.json()) as { translated?: string }).translated === 'merci'
      );
    });
    await consumer.shows(/event consumed type=translation.requested/);
    expect(await (await fetch(`${url}/readyz?verbose`)).json()).to.deep.equal({
      status: 'pass',
      checks: {
        broker: { status: 'pass' },
        'consumer my-group.translation-events': { status: 'pass' },
      },
    });
    consumer.kill('SIGTERM');
    expect(await consumer.exit()).to.equal(0);
  });
});
