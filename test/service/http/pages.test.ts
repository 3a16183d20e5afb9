import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { loadConfig } from '../../../config/config.js';
import { Kafka } from '../../../internal/usecase/contracts.js';
import { eventually } from '../../support/eventually.js';
import { StubbedApi } from '../support/stubbed_api.js';

describe('the pages of the service', () => {
  let api: StubbedApi;

  beforeEach(() => {
    api = new StubbedApi();
  });

  afterEach(() => api.stop());

  const metrics = async (path = '/metrics') => (await api.call(path)).text();

  it('measure requests by method, declared path and status, the probes left out', async () => {
    await api.start();
    api.stub(Kafka, 'status').throws(new Error('broken'));
    await api.call('/v1/kafka/status?of=u-1');
    await api.call('/v1/nothing/here');
    await api.call('/livez');
    const route = 'route="/kafka/status"';
    await eventually(async () => (await metrics()).includes('route="none"'));
    const text = await metrics();
    expect(text).to.include(`http_request_duration_seconds_count{method="GET",${route},status="500"} 1`);
    expect(text).to.include('http_request_duration_seconds_count{method="GET",route="none",status="404"} 1');
    expect(text).not.to.include('livez');
    expect(text).not.to.include('u-1');
  });

  it('are where the settings say, or not there', async () => {
    await api.start({ 'METRICS.PATH': '/internal/metrics', 'SWAGGER.ENABLED': 'false' });
    expect(await metrics('/internal/metrics')).to.include('process_cpu_seconds_total');
    for (const path of ['/metrics', '/docs', '/openapi.json']) {
      expect((await api.call(path)).status, path).to.equal(404);
    }
    const without = new StubbedApi();
    await without.start({ 'METRICS.ENABLED': 'false' });
    try {
      expect((await without.call('/metrics')).status).to.equal(404);
    } finally {
      await without.stop();
    }
  });

  it('hold the documentation, with no script but files of this service', async () => {
    await api.start();
    const page = await api.call('/docs');
    expect([page.status, page.headers.get('content-type')]).to.deep.equal([200, 'text/html; charset=utf-8']);
    const html = await page.text();
    expect(html).not.to.match(/<script>|onload|https?:/);
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => String(part));
    expect(parts).to.have.length(4);
    for (const part of parts) expect((await api.call(part)).status, part).to.equal(200);
    expect(page.headers.get('content-security-policy')).to.include("script-src 'self'");
  });

  it('describe the API as the official schema of OpenAPI asks for, with nothing that leads nowhere', async () => {
    await api.start();
    const document = (await (await api.call('/openapi.json')).json()) as Record<string, unknown>;
    const validator = new Validator();
    const { valid, errors } = await validator.validate(document);
    expect(errors ?? []).to.deep.equal([]);
    expect([valid, validator.version]).to.deep.equal([true, '3.1']);
    // References that cannot be resolved throw here.
    expect(validator.resolveRefs()).to.have.property('paths');
    const broken = await new Validator().validate({ ...document, paths: [] });
    expect(broken.valid).to.equal(false);
  });

  it('promise of a request that is repeated what holds for messages by hand as well', async () => {
    await api.start();
    const { paths } = (await (await api.call('/openapi.json')).json()) as {
      paths: Record<string, { post: { description: string; parameters: unknown[] } }>;
    };
    const { description, parameters } = paths['/kafka/producer/request']!.post;
    expect(description).to.include('stored again');
    expect(JSON.stringify(parameters))
      .to.include('same id')
      .and.not.match(/counts? once/);
  });

  it('describe the API of this version', async () => {
    await api.start();
    const { APP } = loadConfig({ env: {} });
    const document = (await (await api.call('/openapi.json')).json()) as Record<string, unknown>;
    expect(document).to.include({ openapi: '3.1.0' });
    expect(document['info']).to.include({ title: APP.NAME, version: APP.VERSION });
    expect(JSON.stringify(document)).not.to.include('$defs');
  });
});
