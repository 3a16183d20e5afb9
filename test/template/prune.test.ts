import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { bareOptions, makeBare } from '../../scripts/template/bare/bare.js';
import { drop, dropOptions } from '../../scripts/template/drop/drop.js';
import { Plan } from '../../scripts/template/plan.js';

/** Files that no other one names: a program of package.json, one behind a glob of knip.json, a linter's fixture. */
const OWN = ['scripts/seed.ts', 'scripts/jobs/nightly.ts', 'test/lint/fixtures/wrong.ts'];
/** What only tests of the embedded broker use. */
const HELPER = 'test/support/fault_run.ts';

describe('what goes with what is removed', function () {
  this.timeout(60_000);
  let plan: Plan;

  beforeEach(async () => {
    plan = await Plan.of(projectRoot());
    for (const file of OWN) plan.write(file, 'export {};\n');
  });

  it('make bare: no file that nobody named before', () => {
    makeBare(plan, bareOptions({ NAME: 'my-service' }));
    expect(plan.files()).to.include.members(OWN);
  });

  it('make drop: helpers that nobody names any more, and no file that nobody named before', () => {
    expect(plan.has(HELPER)).to.equal(true);
    drop(plan, dropOptions({ PKG: 'devbroker' }));
    expect(plan.files()).to.include.members(OWN);
    expect(plan.has(HELPER)).to.equal(false);
  });
});
