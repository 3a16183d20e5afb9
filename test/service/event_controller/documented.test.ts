import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as errors from '../../../internal/entity/errors.js';

describe('what a reaction may throw', () => {
  for (const [file, part] of [
    ['docs/adding_an_event.md', /## 4\.[^#]*/],
    ['AGENTS.md', /^- Handlers see an event at least once.*\n(?: {2}.*\n)*/m],
  ] as const) {
    it(`is named in ${file} by classes that use cases may import`, () => {
      const text = part.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
      const named = Array.from(text.matchAll(/`([A-Z][A-Za-z]+)`/g), ([, name]) => String(name));
      expect(named).to.include.members(['NotAllowed', 'Unavailable', 'NotFound', 'Conflict']);
      expect(errors).to.include.all.keys(named);
    });
  }
});
