import { expect } from 'chai';
import { changesIn, Clone } from './clone.js';

const MINUTES = 60_000;
const ORDERS = 'DOMAIN=orders';

describe('the template', function () {
  this.timeout(15 * MINUTES);
  let clone: Clone;

  before(async () => {
    clone = await Clone.make();
  });

  afterEach(() => clone.reset());

  after(() => {
    clone.remove();
  });

  // What stands in pkg is as it was, and is tested with the others.
  for (const [kept, shown, suites] of [
    ['users', ['users'], '{app,config,service,support}'],
    ['translations', ['translations'], '{app,config,service,support}'],
    [
      'users,translations',
      ['translations', 'users'],
      '{app,cmd/{app,cli,consumer},config,examples,service,support}',
    ],
  ] as const) {
    it(`bare: keeps ${kept} where that is wanted, all tests pass, and it is undone by git alone`, async () => {
      await clone.made('bare', 'NAME=my-service', `KEEP=${kept}`);
      expect(clone.list('internal/app/modules')).to.deep.equal([
        ...['core.ts', 'kafka_control.ts'],
        ...shown.map((one) => `${one}.ts`),
      ]);
      expect(clone.read('README.md')).to.match(new RegExp(`It has the domains? ${shown.join(' and ')}\\.`));
      const [unused] = await Promise.all([clone.succeed('node_modules/.bin/knip'), clone.made('build')]);
      expect(unused).not.to.match(/Unused|Refine/);
      expect(await clone.tests(`dist/test/${suites}/**/*.test.js`)).to.match(/\d+ passing/);
      await clone.succeed('git', 'checkout', '--quiet', '.');
      await clone.succeed('git', 'clean', '-fdq');
      expect(await clone.changed()).to.deep.equal([]);
    });
  }

  it('drop: does without the embedded broker; build, lint and unit tests pass', async () => {
    const before = await clone.files('*');
    const shown = await clone.made('drop', 'PKG=devbroker');
    const changed = await clone.changed();
    expect(changesIn(shown), 'what it shows').to.have.members(changed);
    expect(clone.has('pkg/devbroker')).to.equal(false);
    await expectNothingNames(clone, pathsGone(before, clone));
    expect(await clone.made('help'), 'with nothing left to drop').not.to.match(/make drop|devbroker/);
    expect(clone.read('config/config.yaml')).not.to.include('embedded');
    expect(clone.read('.dependency-cruiser.cjs')).not.to.include('devbroker');
    for (const file of clone.list('internal/app')) {
      if (file.endsWith('.ts'))
        expect(clone.read(`internal/app/${file}`), file).not.to.match(/embedded|mayStart/i);
    }
    const [, tested] = await Promise.all([clone.made('lint'), clone.made('test-unit')]);
    expect(tested).to.match(/^\d+ passed, 0 failed$/m);
    expect(clone.read('README.md'), 'what to do instead').to.match(/^It connects .*\n?.*make kafka/m);
    expect(await clone.made('test-docs'), 'what its documents say').to.match(/^\d+ passed, 0 failed$/m);
  });

  it('refuses a tree with changes that are not committed', async () => {
    await clone.succeed('touch', 'of_mine.txt');
    for (const args of [
      ['bare', 'NAME=my-service'],
      ['drop', 'PKG=devbroker'],
    ]) {
      const { status, output } = await clone.make(args);
      expect(status).not.to.equal(0);
      expect(output).to.include('not committed');
    }
    expect(await clone.made('bare', 'NAME=my-service', 'DRY=1')).to.include('Nothing was written');
    expect(await clone.changed()).to.deep.equal(['of_mine.txt']);
  });

  it('asks whoever pipes the answers in, whatever the shell exports as DOMAIN', async () => {
    const shell = { DOMAIN: 'corp.local', EVENT: 'login' };
    const { status, output } = await clone.make(['new'], 'event\norders\norder.placed\n', shell);
    expect(status, output).to.equal(0);
    expect(changesIn(output)).to.have.members(await clone.changed());
    expect(clone.has('internal/entity/order_event.ts')).to.equal(true);
  });

  it('takes no name of the service from what the shell exports as NAME', async () => {
    const { status, output } = await clone.make(['bare', 'DRY=1'], '', { NAME: 'desktop-7', KEEP: 'users' });
    expect(status).not.to.equal(0);
    expect(output).to.include('NAME is missing');
    const { output: shown } = await clone.make(['bare', 'NAME=my-service', 'DRY=1'], '', { KEEP: 'users' });
    expect(shown).to.include('The service my-service, with no sample');
  });

  it('writes nothing where the reference of the configuration cannot be written', async () => {
    await clone.succeed('rm', 'scripts/docs/main.ts');
    const { status, output } = await clone.make(['new', ORDERS, 'EVENT=order.placed']);
    expect(status).not.to.equal(0);
    expect(output).to.include('nothing was written, since make docs would fail');
    expect(await clone.changed()).to.deep.equal(['scripts/docs/main.ts']);
  });

  it('shows what it would do with DRY, and does nothing', async () => {
    for (const [args, shown] of [
      [['bare', 'NAME=my-service', 'DRY=1'], '- internal/app/modules/users.ts'],
      [['drop', 'PKG=devbroker', 'DRY=1'], '- pkg/devbroker/index.ts'],
      [['new', ORDERS, 'EVENT=order.placed', 'DRY=1'], '+ internal/entity/order_event.ts'],
    ] as const) {
      expect(await clone.made(...args)).to.include(shown);
    }
    expect(await clone.changed()).to.deep.equal([]);
  });

  it('fails where it is called wrongly, and writes nothing', async () => {
    for (const [args, said] of [
      [['new'], 'Usage: make new'],
      [['new', ORDERS, 'EVENT=order.placed', 'ROUTE=POST /orders'], 'has no use case to call yet'],
      [['new', ORDERS, "EVENT=order.pla'ced"], `"order.pla'ced" is no type`],
      [['bare', 'NAME=it\'s; touch "mine"'], 'is no name'],
      [['drop', "PKG=it's"], 'there is no such package'],
      [['bare'], 'Usage: make bare'],
      [['drop'], 'Usage: make drop'],
    ] as const) {
      const { status, output } = await clone.make(args);
      expect(status, args.join(' ')).not.to.equal(0);
      expect(output, args.join(' ')).to.include(said);
    }
    expect(await clone.changed()).to.deep.equal([]);
  });
});

/** The files that went, and the folders that went with them. */
function pathsGone(before: readonly string[], clone: Clone): Set<string> {
  const gone = before.filter((file) => !clone.has(file));
  const folders = gone.flatMap((file) => {
    const parts = file.split('/');
    return parts.slice(0, -1).map((_part, index) => parts.slice(0, index + 1).join('/'));
  });
  return new Set([...gone, ...folders.filter((folder) => !clone.has(folder))]);
}

async function expectNothingNames(clone: Clone, paths: ReadonlySet<string>): Promise<void> {
  expect([...paths]).to.include('pkg/devbroker');
  for (const file of await clone.files('*.md')) {
    const words = clone.read(file).match(/[\w./-]+/g) ?? [];
    const named = words.map((word) => word.replace(/[./]+$/, '')).filter((word) => paths.has(word));
    expect(named, file).to.deep.equal([]);
  }
}
