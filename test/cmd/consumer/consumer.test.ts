import { expect } from 'chai';
import { Programs } from '../../support/programs.js';

describe('cmd/consumer', function () {
  this.timeout(30_000);
  let programs: Programs;

  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(() => programs.end());

  it('serves its probes and metrics, and no API, on the broker of a service that runs', async () => {
    await programs.ready('cmd/app/main', { KAFKA_CONTROL_CONSUMER_ENABLED: 'false' });
    const { program: consumer, url } = await programs.ready('cmd/consumer/main');
    expect(await (await fetch(`${url}/readyz`)).json()).to.deep.equal({ status: 'pass' });
    expect((await fetch(`${url}/metrics`)).status).to.equal(200);
    expect((await fetch(`${url}/v1/kafka/status`)).status).to.equal(404);
    consumer.kill('SIGTERM');
    expect(await consumer.exit()).to.equal(0);
  });

  it('starts no broker of its own: it says how to have one and exits 69', async () => {
    const consumer = programs.start('cmd/consumer/main');
    expect(await consumer.exit()).to.equal(69);
    expect(consumer.stderr)
      .to.include('make run')
      .and.to.include('make broker')
      .and.to.include('KAFKA_BROKERS');
  });
});
