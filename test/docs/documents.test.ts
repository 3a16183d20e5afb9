import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { allDocuments, blocksOf, documents, textOf } from './documents.js';

const root = projectRoot();

/** A document that names what is not in the tree sends its readers astray. */
describe('the documents', () => {
  const makefile = readFileSync(path.join(root, 'Makefile'), 'utf8');

  for (const file of allDocuments()) {
    it(`${file} names commands of make that there are`, () => {
      // In prose "make sure" is no command: only what stands in code counts.
      const code = [...textOf(file).matchAll(/`([^`\n]+)`/g)].map(([, text]) => String(text));
      const blocks = blocksOf(file).map(({ text }) => text);
      const commands = [...code, ...blocks].flatMap((text) =>
        [...text.matchAll(/(?:^|[\n;&|$] ?|\d )make ([a-z][a-z-]*)/g)].map(([, name]) => String(name)),
      );
      for (const command of commands) expect(makefile, command).to.match(new RegExp(`^${command}:`, 'm'));
    });

    it(`${file} links to files that there are`, () => {
      for (const [, target = ''] of textOf(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        expect(existsSync(path.join(root, path.dirname(file), target)), target).to.equal(true);
      }
    });
  }

  for (const file of documents()) {
    it(`${file} has no block that is neither run, compiled nor a picture`, () => {
      const known = ['sh', 'ts', 'text', 'diff', 'json', 'mermaid', 'yaml', 'ini'];
      for (const { language, line } of blocksOf(file)) expect(known, `line ${line}`).to.include(language);
    });
  }
});
