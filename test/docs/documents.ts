import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../config/project_root.js';

/** A fenced block of a document. */
export interface Block {
  /** What stands behind the fence: `sh`, `ts`. */
  language: string;
  text: string;
  /** What an HTML comment on the line above says: `<!-- run: background -->`; empty where there is none. */
  mark: string;
  line: number;
}

const root = projectRoot();

/** The documents for readers: README, AGENTS and all below docs. */
export function documents(): string[] {
  return ['README.md', 'AGENTS.md', ...below('docs')].sort();
}

/** Those, and the READMEs of packages and programs. */
export function allDocuments(): string[] {
  return [...documents(), ...below('cmd'), ...below('pkg')];
}

function below(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join(folder, file));
}

/** The text of a document. */
export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** All fenced blocks of a document, in their order. */
export function blocksOf(file: string): Block[] {
  const text = textOf(file);
  const fence = /^(?:<!-- (.*?) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fence)].map(([, mark = '', language = '', body = ''], index, all) => ({
    language,
    text: body,
    mark,
    line: text.slice(0, all[index]?.index).split('\n').length,
  }));
}
