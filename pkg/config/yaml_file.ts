import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { ConfigProblem } from './config_error.js';
import type { Field } from './fields.js';
import { suggest, type Given, type Layer } from './layer.js';

/**
 * Reads one YAML file, or an empty layer where it does not exist. Unknown keys, secrets and syntax errors
 * are problems that name the line; a file that is there and cannot be read is one as well.
 */
export function readYamlFile(file: string, fields: readonly Field[]): Layer {
  const values = new Map<string, Given>();
  const problems: ConfigProblem[] = [];
  const shownName = path.join(path.basename(path.dirname(file)), path.basename(file));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (reason === 'ENOENT') return { values, problems };
    const mend = 'make it a file that this program may read, or take it away';
    return {
      values,
      problems: [{ path: shownName, source: file, what: `cannot be read (${reason})`, mend }],
    };
  }

  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const sourceAt = (offset: number): string => `${shownName}:${lines.linePos(offset).line}`;
  const report = (problem: Omit<ConfigProblem, 'source'>, node: unknown): void => {
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    problems.push({ ...problem, source: sourceAt(offset) });
  };

  const readGroup = (prefix: string, given: unknown): void => {
    const node = isAlias(given) ? given.resolve(document) : given;
    if (isEmpty(node)) return;
    if (!isMap(node)) {
      const what = 'is not a group of keys';
      report(
        { path: prefix.slice(0, -1) || shownName, what, mend: 'write its keys below it, indented' },
        node,
      );
      return;
    }
    for (const { key, value } of node.items) readPair(prefix + keyName(key), key, value);
  };

  const readPair = (keyPath: string, key: unknown, value: unknown): void => {
    const field = fields.find((candidate) => candidate.path === keyPath);
    if (field !== undefined) readLeaf(field, key, value);
    else if (fields.some((candidate) => candidate.path.startsWith(`${keyPath}.`))) {
      readGroup(`${keyPath}.`, value);
    } else {
      report(
        { path: keyPath, what: 'is no key of the configuration', mend: suggestFor(keyPath, fields) },
        key,
      );
    }
  };

  const readLeaf = (field: Field, key: unknown, value: unknown): void => {
    if (isEmpty(value) && field.optional) return;
    if (field.secret) {
      const what = 'is a secret and must not stand in a configuration file';
      report({ path: field.path, what, mend: `set ${field.env} or ${field.env}_FILE` }, key);
      return;
    }
    const plain: unknown = isNode(value) ? value.toJS(document) : value;
    const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    values.set(field.path, { value: plain, source: sourceAt(offset) });
  };

  for (const error of document.errors) {
    const what = `is not valid YAML: ${error.message}`;
    problems.push({ path: shownName, source: sourceAt(error.pos[0]), what, mend: 'correct that line' });
  }
  if (problems.length === 0) readGroup('', document.contents);
  return { values, problems };
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

/** Compares with the siblings of an unknown key, groups included. */
function suggestFor(keyPath: string, fields: readonly Field[]): string {
  const depth = keyPath.split('.').length;
  const siblings = fields.map((field) => field.path.split('.').slice(0, depth).join('.'));
  return suggest(keyPath, [...new Set(siblings)], keyPath.slice(0, keyPath.lastIndexOf('.') + 1));
}
