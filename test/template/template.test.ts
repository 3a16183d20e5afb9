import { expect } from 'chai';
import { Clone } from './clone.js';

const MINUTES = 60_000;
const ORDERS = 'DOMAIN=orders';

describe('the template', function () {
  this.timeout(15 * MINUTES);
  let clone: Clone;

  beforeEach(async () => {
    clone = await Clone.make();
  });

  afterEach(() => {
    clone.remove();
  });

  it('bare and new: becomes a service with a domain of its own, and all tests pass', async () => {
    await clone.made('bare', 'NAME=my-service');
    expect(clone.list('internal/app/modules')).to.deep.equal(['core.ts', 'kafka_control.ts']);
    expect(JSON.parse(clone.read('package.json'))).to.include({ name: 'my-service' });
    await clone.commit();
    for (const step of [
      ['EVENT=order.placed'],
      ['USECASE=place_order'],
      ['ROUTE=POST /orders'],
      ['USECASE=bill_order', 'ON=order.placed'],
      ['EVENT=order.sent_back', 'USECASE=return_order', 'ROUTE=PUT /orders/{id}/return'],
    ]) {
      await clone.made('new', ORDERS, ...step);
    }
    expect(await clone.made('test')).to.match(/^\d+ passed, 0 failed$/m);
  });

  it('bare: can be undone by git alone', async () => {
    await clone.made('bare', 'NAME=my-service');
    await clone.succeed('git', 'checkout', '--quiet', '.');
    await clone.succeed('git', 'clean', '-fdq');
    expect(await clone.changes()).to.equal('');
  });

  it('bare: starts without a domain, and answers', async () => {
    await clone.made('bare', 'NAME=my-service');
    await clone.made('build');
    const mocha = 'node_modules/.bin/mocha';
    expect(await clone.succeed(mocha, 'dist/test/cmd/app/*.test.js')).to.match(/\d+ passing/);
    expect(await clone.succeed('node_modules/.bin/knip')).not.to.include('Unused');
  });

  for (const kept of ['users', 'translations']) {
    it(`bare: keeps ${kept} alone where that is wanted`, async () => {
      await clone.made('bare', 'NAME=my-service', `KEEP=${kept}`);
      expect(clone.list('internal/app/modules')).to.deep.equal(['core.ts', 'kafka_control.ts', `${kept}.ts`]);
      await clone.made('build');
      expect(await clone.succeed('node_modules/.bin/knip')).not.to.include('Unused');
      const suites = [`dist/test/service/{http,${kept}}/**/*.test.js`, '--ignore', 'dist/test/**/faults/**'];
      expect(await clone.succeed('node_modules/.bin/mocha', ...suites)).to.match(/\d+ passing/);
    });
  }

  it('drop: does without the embedded broker; build, lint and unit tests pass', async () => {
    await clone.made('drop', 'PKG=devbroker');
    expect(clone.has('pkg/devbroker')).to.equal(false);
    expect(clone.read('config/config.yaml')).not.to.include('embedded');
    await clone.made('lint');
    expect(await clone.made('test-unit')).to.match(/^\d+ passed, 0 failed$/m);
  });

  it('refuses a tree with changes that are not committed', async () => {
    await clone.made('new', ORDERS, 'EVENT=order.placed');
    const before = await clone.changes();
    for (const args of [
      ['bare', 'NAME=my-service'],
      ['drop', 'PKG=devbroker'],
    ]) {
      const { status, output } = await clone.make(...args);
      expect(status).not.to.equal(0);
      expect(output).to.include('not committed');
    }
    expect(await clone.changes()).to.equal(before);
  });

  it('shows what it would do with DRY, and does nothing', async () => {
    for (const [args, shown] of [
      [['bare', 'NAME=my-service', 'DRY=1'], '- internal/app/modules/users.ts'],
      [['drop', 'PKG=devbroker', 'DRY=1'], '- pkg/devbroker/index.ts'],
      [['new', ORDERS, 'EVENT=order.placed', 'DRY=1'], '+ internal/entity/order_event.ts'],
    ] as const) {
      expect(await clone.made(...args)).to.include(shown);
    }
    expect(await clone.changes()).to.equal('');
  });

  it('says what is wrong with a name, and writes nothing', async () => {
    for (const [args, said] of [
      [['new'], 'Usage: make new'],
      [['new', 'EVENT=order.placed'], 'DOMAIN is missing'],
      [['new', ORDERS], 'EVENT, USECASE or ROUTE is missing'],
      [['new', ORDERS, 'EVENT=Order Placed'], 'is no type like order.placed'],
      [['new', 'DOMAIN=Orders', 'EVENT=order.placed'], 'is no name like orders'],
      [['new', 'DOMAIN=kafka_control', 'EVENT=order.placed'], 'is taken'],
      [['new', 'DOMAIN=class', 'EVENT=order.placed'], 'is a word of the language'],
      [['new', 'DOMAIN=users', 'EVENT=user.created'], 'has an event user.created already'],
      [['new', 'DOMAIN=clients', 'EVENT=user.left'], 'belongs to another domain'],
      [['new', ORDERS, 'USECASE=place_order'], 'has no event yet'],
      [['new', ORDERS, 'ROUTE=POST /orders'], 'has no use case to call yet'],
      [['new', 'DOMAIN=users', 'USECASE=users', 'EVENT=user.created'], 'there is a users already'],
      [['new', 'DOMAIN=users', 'USECASE=greet', 'ON=user.vanished'], 'has no event user.vanished'],
      [['new', 'DOMAIN=users', 'USECASE=greet'], 'say with EVENT=… which event'],
      [
        ['new', 'DOMAIN=users', 'EVENT=user.created', 'USECASE=add_user', 'ROUTE=POST /users'],
        'there is a route POST /users already',
      ],
      [['new', ORDERS, 'ROUTE=GET /orders'], 'is no route'],
      [['bare'], 'NAME is missing'],
      [['bare', 'NAME=My Service'], 'is no name'],
      [['bare', 'NAME=my-service', 'KEEP=cats'], 'there is no sample cats'],
      [['drop'], 'PKG is missing'],
      [['drop', 'PKG=kafka'], 'the service is built on it'],
    ] as const) {
      const { status, output } = await clone.make(...args);
      expect(status, args.join(' ')).not.to.equal(0);
      expect(output, args.join(' ')).to.include(said);
    }
    expect(await clone.changes()).to.equal('');
  });
});
