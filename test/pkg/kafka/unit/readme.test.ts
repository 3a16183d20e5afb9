import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../../../config/project_root.js';
import { CONSUMING } from '../faults/guards/consuming.js';
import { PRODUCING } from '../faults/guards/producing.js';

const TESTS = join(projectRoot(), 'test', 'pkg', 'kafka');
const README = readFileSync(join(projectRoot(), 'pkg', 'kafka', 'README.md'), 'utf8');

/** The rows of the table of differences: numbers, whether the guard is taken out, and the named test. */
const rows = README.split('\n')
  .filter((line) => /^\| [\d, ]*\*? ?\| /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', , , test = '']) => ({
    numbers: number.replace('*', '').split(',').map(Number),
    isTakenOut: number.endsWith('*'),
    test: test.replaceAll('`', ''),
  }));

describe('the README of pkg/kafka', () => {
  it('names tests that exist', () => {
    const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(TESTS, file), 'utf8'))
      .join('\n');
    const missing = rows.map(({ test }) => test).filter((test) => !sources.includes(test));
    expect(missing).to.deep.equal([]);
  });

  it('has a row for each of the pitfalls', () => {
    const numbers = rows.flatMap((row) => row.numbers).filter((number) => number > 0);
    expect(numbers).to.deep.equal(Array.from({ length: 46 }, (_, i) => i + 1));
  });

  it('marks those whose guards are taken out', () => {
    const marked = rows.filter(({ isTakenOut }) => isTakenOut).flatMap((row) => row.numbers);
    const takenOut = new Set([...PRODUCING, ...CONSUMING].flatMap(({ pitfalls }) => pitfalls));
    expect(marked).to.have.members([...takenOut]);
  });
});
