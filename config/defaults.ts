import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Field } from './fields.js';
import type { Given, Layer } from './layer.js';

/** Defaults that the schema cannot know: the package's version, and what differs in production. */
export function defaultsBeyondSchema(root: string, mode: unknown, fields: readonly Field[]): Layer {
  const values = new Map<string, Given>();
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    values.set('APP.VERSION', { value: manifest.version, source: 'package.json' });
  }
  for (const field of mode === 'production' ? fields : []) {
    if (field.production !== undefined) {
      values.set(field.path, { value: field.production, source: 'default in production' });
    }
  }
  return { values, problems: [] };
}
