import { expect } from 'chai';
import { changesIn, Clone } from './clone.js';
import { linesOfCode } from './lines_of_code.js';

const MINUTES = 60_000;
const ORDERS = 'DOMAIN=orders';
/** Of TypeScript in cmd, config and internal; ADR 11 says so. */
const MAX_LINES_OF_BARE = 2500;

describe('the template, without its samples', function () {
  this.timeout(15 * MINUTES);
  let clone: Clone;

  before(async () => {
    clone = await Clone.make();
  });
  afterEach(() => clone.reset());
  after(() => {
    clone.remove();
  });

  it('bare and new: becomes a service with a domain of its own, and all tests pass', async () => {
    const shown = await clone.made('bare', 'NAME=my-service');
    expect(changesIn(shown), 'what it shows').to.have.members(await clone.changed());
    expect(clone.list('internal/app/modules')).to.deep.equal(['core.ts', 'kafka_control.ts']);
    expect(JSON.parse(clone.read('package.json'))).to.include({ name: 'my-service' });
    const own = await Promise.all(
      ['cmd', 'config', 'internal'].map((folder) => clone.files(`${folder}/*.ts`)),
    );
    const lines = own.flat().map((file) => linesOfCode(clone.read(file)));
    expect(lines.reduce((sum, count) => sum + count)).to.be.within(1, MAX_LINES_OF_BARE);
    await clone.made('build');
    expect(await clone.succeed('node_modules/.bin/knip')).not.to.match(/Unused|Refine/);
    const starts = 'dist/test/cmd/app/*.test.js';
    expect(await clone.succeed('node_modules/.bin/mocha', starts)).to.match(/\d+ passing/);
    await clone.commit();
    for (const step of [
      ['EVENT=order.placed'],
      ['USECASE=place_order', 'ROUTE=POST /orders'],
      ['ROUTE=GET /orders/:id'],
      ['ROUTE=GET /orders'],
      ['USECASE=bill_order', 'ON=order.placed'],
      ['EVENT=order.aborted', 'USECASE=abort_order', 'ROUTE=PUT /orders/{id}/end'],
    ]) {
      await clone.made('new', ORDERS, ...step);
    }
    for (const file of await clone.changed()) if (file.endsWith('.ts')) expectSortedImports(clone, file);
    expect(await clone.made('test')).to.match(/^\d+ passed, 0 failed$/m);
    expect(await clone.made('test-docs'), 'what its documents say').to.match(/^\d+ passed, 0 failed$/m);
  });
});

/** Packages first, then from far to near, and the names in each without regard to case. */
function expectSortedImports(clone: Clone, file: string): void {
  const imports = [...clone.read(file).matchAll(/^import (?:([^'"]*) from )?'([^']+)';/gm)];
  const places = imports.map(([, names, from = '']) => {
    if (names === undefined) return `0${from}`;
    if (from.startsWith('node:')) return `1${from}`;
    return from.startsWith('.') ? `3${from}` : `2${from}`;
  });
  expect(places, file).to.deep.equal(places.toSorted());
  for (const [, names = ''] of imports) {
    const each = [...names.matchAll(/(?:type )?(\w+)(?: as \w+)?(?=[,\s}])/g)].map(([, name = '']) =>
      name.toLowerCase(),
    );
    expect(each, file).to.deep.equal(each.toSorted());
  }
}
