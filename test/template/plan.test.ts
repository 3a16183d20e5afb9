import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { git } from '../../scripts/template/git.js';
import { Plan } from '../../scripts/template/plan.js';
import { Refusal } from '../../scripts/template/refusal.js';
import { rejection } from '../support/caught.js';
import { temporaryFolder } from '../support/program.js';

describe('a plan for the project', function () {
  this.timeout(60_000);
  let folder: string;
  let plan: Plan;
  const place = (file: string) => path.join(folder, file);
  const read = (file: string) => readFileSync(place(file), 'utf8');
  const write = (file: string, text: string) => {
    writeFileSync(place(file), text);
  };

  beforeEach(async () => {
    folder = temporaryFolder();
    await git(folder, ['init', '--quiet']);
    for (const file of ['a.md', 'b.md', 'c.md']) write(file, 'as it was\n');
    plan = await Plan.of(folder);
    plan.write('a.md', 'planned\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is written, and files stay what they are otherwise', async () => {
    writeFileSync(place('run.sh'), 'as it was\n', { mode: 0o755 });
    symlinkSync('b.md', place('link.md'));
    plan = await Plan.of(folder);
    for (const file of ['run.sh', 'link.md', 'new/one.md']) plan.write(file, 'planned\n');
    plan.remove('c.md');
    await plan.apply(await plan.changes());
    for (const file of ['run.sh', 'b.md', 'link.md', 'new/one.md']) expect(read(file)).to.equal('planned\n');
    expect(statSync(place('run.sh')).mode & 0o777).to.equal(0o755);
    expect(readdirSync(folder)).to.have.members(['.git', 'a.md', 'b.md', 'link.md', 'new', 'run.sh']);
  });

  for (const [what, prepare, file] of [
    [
      'edited',
      () => {
        plan.write('b.md', 'planned\n');
      },
      'b.md',
    ],
    ['edited, and would go', () => plan.remove('b.md'), 'b.md'],
    [
      'made',
      () => {
        plan.write('new.md', 'planned\n');
      },
      'new.md',
    ],
  ] as const) {
    it(`is refused as a whole where a file was ${what}, since it was read`, async () => {
      prepare();
      const changes = await plan.changes();
      write(file, 'an edit\n');
      const { message } = await rejection(plan.apply(changes), Refusal);
      expect(message).to.include(file);
      expect(read(file)).to.equal('an edit\n');
      expect(read('a.md')).to.equal('as it was\n');
    });
  }

  it('leaves everything as it was where a file cannot be written', async () => {
    plan.write('new/one.md', 'planned\n');
    plan.write('nowhere/one.md', 'planned\n');
    const before = [...readdirSync(folder), 'nowhere'];
    symlinkSync(place('missing/folder'), place('nowhere'));
    await rejection(plan.apply(await plan.changes()), Error);
    expect(read('a.md')).to.equal('as it was\n');
    expect(readdirSync(folder)).to.have.members(before);
  });
});
