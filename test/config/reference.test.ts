import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { configurationReference } from '../../scripts/docs/configuration.js';

describe('docs/configuration.md', () => {
  it('is what the schema says: `make docs` writes it', () => {
    const written = readFileSync(path.join(projectRoot(), 'docs', 'configuration.md'), 'utf8');
    expect(written).to.equal(configurationReference());
  });
});
