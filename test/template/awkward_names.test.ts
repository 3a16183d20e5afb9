import { expect } from 'chai';
import { add, type Wanted } from '../../scripts/template/new/add.js';
import { Plan } from '../../scripts/template/plan.js';
import { Refusal } from '../../scripts/template/refusal.js';
import { Clone } from './clone.js';

const MINUTES = 60_000;
const ORDERS = { DOMAIN: 'orders' };
const PLACED = { ...ORDERS, EVENT: 'order.placed' };
const BANNED = { DOMAIN: 'users', EVENT: 'user.banned' };
const CODES = { DOMAIN: 'codes' };
const NEWS = { DOMAIN: 'news' };

/** What the samples get, and names that meet those of the language, of the files they come to, and one another. */
const STEPS: readonly Wanted[] = [
  BANNED,
  { ...BANNED, USECASE: 'ban_user', ROUTE: 'PUT /users/{id}/ban' },
  ...['gone', 'body', 'patience'].map((USECASE) => ({ ...BANNED, USECASE, ROUTE: `POST /users/${USECASE}` })),
  { DOMAIN: 'users', USECASE: 'note_ban', ON: 'user.banned' },
  { DOMAIN: 'translations', EVENT: 'translation.cancelled' },
  {
    DOMAIN: 'translations',
    EVENT: 'translation.cancelled',
    USECASE: 'cancel_translation',
    ROUTE: 'PUT /translations/{id}/end',
  },
  ...['translation.requested', 'translation.cancelled'].map((ON, at) => ({
    DOMAIN: 'translations',
    USECASE: `note_${at}`,
    ON,
  })),
  PLACED,
  { ...ORDERS, USECASE: 'verify_2fa' },
  { ...ORDERS, USECASE: 'verify_2fa', ROUTE: 'POST /orders/verify' },
  { ...ORDERS, USECASE: 'verify2fa' },
  ...['context', 'others', 'use_cases', 'name', 'execute', 'event', 'constructor', 'to_string'].map(
    (USECASE) => ({
      ...ORDERS,
      USECASE,
      ON: 'order.placed',
    }),
  ),
  ...['ids', 'options', 'params', 'z'].map((USECASE) => ({
    ...PLACED,
    USECASE,
    ROUTE: `POST /orders/${USECASE}`,
  })),
  { ...ORDERS, USECASE: 'z', ROUTE: 'PUT /orders/{id}/z' },
  { ...ORDERS, USECASE: 'z_by_id', ROUTE: 'POST /orders/by_id' },
  { ...ORDERS, ROUTE: 'GET /orders/{id}' },
  { ...ORDERS, ROUTE: 'GET /orders' },
  { ...ORDERS, USECASE: 'find_orders', ROUTE: 'GET /orders/found' },
  { ...ORDERS, EVENT: 'order.placed_data' },
  { ...CODES, EVENT: 'code_2fa.sent_2_times', USECASE: 'send_2fa', ROUTE: 'POST /codes' },
  { ...CODES, USECASE: 'on_2fa', ON: 'code_2fa.sent_2_times' },
  { ...CODES, ROUTE: 'GET /codes/{id}' },
  { ...CODES, ROUTE: 'GET /codes' },
  { ...NEWS, EVENT: 'new.event', USECASE: 'tell', ROUTE: 'POST /news' },
  { ...NEWS, USECASE: 'on_news', ON: 'new.event' },
  { ...NEWS, ROUTE: 'GET /news/{id}' },
  { DOMAIN: 'keys', EVENT: 'idempotency.key', USECASE: 'turn_key' },
  { DOMAIN: 'cases', EVENT: 'use.case', USECASE: 'close_case' },
  { DOMAIN: 'proofs', EVENT: 'invalid.shown' },
  { DOMAIN: 'losses', EVENT: 'not_found.said', ROUTE: 'GET /losses/{id}' },
];

describe('make new, given awkward names', function () {
  this.timeout(15 * MINUTES);
  let clone: Clone;

  before(async () => {
    clone = await Clone.make();
  });

  after(() => {
    clone.remove();
  });

  it('refuses them, or writes what compiles, lints and passes as it is, in the samples as well', async () => {
    const made: Wanted[] = [];
    const refused: string[] = [];
    let plan = await Plan.of(clone.folder);
    for (const step of STEPS) {
      try {
        add(plan, step);
        made.push(step);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused.push(step.USECASE ?? step.EVENT ?? '');
        // What was worked out before it was refused is not to be written.
        plan = await Plan.of(clone.folder);
        for (const one of made) add(plan, one);
      }
    }
    await plan.apply(await plan.changes());
    const clashes = ['verify2fa', 'event', 'z_by_id', 'order.placed_data'];
    expect(refused).to.deep.equal([...clashes, 'turn_key', 'close_case', 'invalid.shown', 'not_found.said']);
    const written = (await clone.changed()).filter((file) => file.endsWith('.ts'));
    await clone.made('build');
    await clone.succeed('node_modules/.bin/eslint', ...written);
    const tested = await clone.tests(
      'dist/test/service/{http,users,translations,orders,codes,news}/*.test.js',
    );
    expect(tested).to.match(/\d+ passing/);
  });
});
