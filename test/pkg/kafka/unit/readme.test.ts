import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../../../config/project_root.js';
import type { Guard } from '../faults/guards/guard.js';
import { GUARDS } from '../faults/guards/guards.js';

const TESTS = join(projectRoot(), 'test', 'pkg', 'kafka');
const README = readFileSync(join(projectRoot(), 'pkg', 'kafka', 'README.md'), 'utf8');

/** Rows of which nothing can be taken out, with the reason. */
const WITHOUT_GUARD: Readonly<Record<string, string>> = {
  'connections fail after 1 s under load': 'a setting of kafkajs; no test provokes such a load',
  'every fetch names every partition': 'nothing is done about it',
  'a pattern sees only the topics of now': 'there are no patterns',
  'transactions do not fence zombies': 'there are no transactions',
  '`[::1]:9092` is taken apart at the wrong colon': 'such an address does not get here',
  'takes a record apart in about a microsecond, with a dozen objects': 'a speed, which `make bench` measures',
  'no reading without a group': 'it is offered here: there is nothing to guard against',
};

interface Row {
  readonly numbers: readonly number[];
  /** What raw kafkajs does. */
  readonly pitfall: string;
  /** Whether its guard is taken out. */
  readonly isTakenOut: boolean;
  readonly test: string;
}

/** The rows of the table of differences. */
const rows = README.split('\n')
  .filter((line) => /^\| [\d, ]*\*? ?\| /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', pitfall = '', , test = '']): Row => ({
    numbers: (number.match(/\d+/g) ?? []).map(Number),
    pitfall,
    isTakenOut: number.endsWith('*'),
    test: test.replaceAll('`', ''),
  }));
const takenOut = rows.filter((row) => row.isTakenOut);

const runsTestOf = ({ test }: Guard, row: Row): boolean =>
  row.test !== '' && (row.test.includes(test) || test.includes(row.test));

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
    const numbers = rows.flatMap((row) => row.numbers);
    expect(numbers).to.deep.equal(Array.from({ length: 46 }, (_, i) => i + 1));
  });

  it('marks every row but those of which nothing can be taken out', () => {
    const others = rows.filter((row) => !row.isTakenOut).map(({ pitfall }) => pitfall);
    expect(others).to.have.members(Object.keys(WITHOUT_GUARD));
  });

  it('names for each guard that is taken out the test that must fail then', () => {
    const unshown = takenOut.flatMap((row) => {
      const guards = GUARDS.filter((guard) => runsTestOf(guard, row));
      if (row.numbers.length === 0) return guards.length > 0 ? [] : [row.test];
      return row.numbers
        .filter((number) => !guards.some(({ pitfalls }) => pitfalls.includes(number)))
        .map((number) => `${number}: ${row.test}`);
    });
    expect(unshown).to.deep.equal([]);
  });

  it('marks a row for each guard that is taken out', () => {
    const marked = takenOut.flatMap((row) => row.numbers);
    const unnamed = GUARDS.filter((guard) =>
      guard.pitfalls.length > 0
        ? !guard.pitfalls.every((number) => marked.includes(number))
        : !takenOut.some((row) => runsTestOf(guard, row)),
    );
    expect(unnamed.map(({ guard }) => guard)).to.deep.equal([]);
  });
});
