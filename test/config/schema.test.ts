import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadConfigWithSources } from '../../config/config.js';
import { configSchema } from '../../config/schema.js';
import { listFields } from '../../pkg/config/fields.js';
import { withConfigFolder } from './support.js';

describe('config: schema and config.yaml', () => {
  const fields = listFields(configSchema);

  it('describes every key', () => {
    for (const field of fields) expect(field.description, field.path).to.match(/^\S.*\.$/);
  });

  it('has one environment name for each key', () => {
    expect(new Set(fields.map((field) => field.env)).size).to.equal(fields.length);
  });

  it('loads without any file or variable', () => {
    const { config, sources } = withConfigFolder({}, (dir) => loadConfigWithSources({ dir, env: {} }));
    expect(config.APP.ENV).to.equal('development');
    expect(new Set(sources.values())).to.deep.equal(new Set(['default', 'package.json']));
  });

  it('agrees with config.yaml, which names every key and repeats the defaults', () => {
    const bare = withConfigFolder({}, (dir) => loadConfigWithSources({ dir, env: {} }));
    const shipped = loadConfigWithSources({ env: {} });
    expect(shipped.config).to.deep.equal(bare.config);
    const text = readFileSync('config/config.yaml', 'utf8');
    for (const field of fields) {
      const key = field.path.slice(field.path.lastIndexOf('.') + 1);
      expect(text, field.path).to.match(new RegExp(`^ *(# )?${key}\\b`, 'm'));
    }
  });
});
