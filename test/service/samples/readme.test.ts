import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { operationsOf } from '../http/documented.js';
import { StubbedApi } from '../support/stubbed_api.js';

describe('the README', () => {
  it('names no URL that there is not', async () => {
    const api = new StubbedApi();
    await api.start();
    try {
      const operations = await operationsOf(api);
      const served = operations.map(({ servers, path }) => (servers[0] ?? '') + path);
      const table = readFileSync('README.md', 'utf8').split('## What it serves')[1]?.split('\n## ')[0] ?? '';
      const named = [...table.matchAll(/`(\/[\w/{}]+)[?\w]*`/g)].map(([, path]) => String(path));
      const pages = ['/docs', '/openapi', '/v1', '/api/v1', '/v1/kafka'];
      const paths = named.filter((path) => !pages.includes(path));
      expect(paths).to.have.length.greaterThan(10);
      expect(served).to.include.members(paths);
    } finally {
      await api.stop();
    }
  });
});
