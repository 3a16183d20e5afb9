import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { bareOptions } from '../../scripts/template/bare/bare.js';
import { drop, dropOptions } from '../../scripts/template/drop/drop.js';
import { add, type Wanted } from '../../scripts/template/new/add.js';
import { Plan } from '../../scripts/template/plan.js';
import { Refusal } from '../../scripts/template/refusal.js';
import { caught } from '../support/caught.js';

const DOMAIN = 'orders';
const EVENT = 'order.placed';

/** As it is written behind `make new`. */
function textOf(...steps: readonly Wanted[]): string {
  return steps.flatMap((step) => Object.entries(step).map((pair) => pair.join('='))).join(' ');
}

/** Each is worked out in memory; that nothing is written before all is known is tested with the commands. */
describe('what is no good', function () {
  this.timeout(60_000);

  const cases: readonly (readonly [wanted: Wanted, said: string])[] = [
    [{ EVENT }, 'DOMAIN is missing'],
    [{ DOMAIN }, 'EVENT, USECASE or ROUTE is missing'],
    [{ DOMAIN, EVENT: 'Order Placed' }, 'is no type like order.placed'],
    [{ DOMAIN: 'Orders', EVENT }, 'is no name like orders'],
    [{ DOMAIN: 'kafka_control', EVENT }, 'is taken'],
    [{ DOMAIN: 'class', EVENT }, 'is a word of the language'],
    [{ DOMAIN: 'command', EVENT }, 'is taken: internal/usecase/contracts/command.ts is there already'],
    [{ DOMAIN: 'health', EVENT }, 'is taken: internal/usecase/health/'],
    [{ DOMAIN: 'page', EVENT }, 'is taken: internal/repo/contracts/page.ts'],
    [{ DOMAIN: 'http', EVENT }, 'is taken: test/service/http/'],
    [{ DOMAIN: 'users', USECASE: 'alive', EVENT: 'user.created' }, 'schema the name Alive'],
    [{ DOMAIN, EVENT: 'define.event' }, 'the name defineEvent would have two meanings'],
    [{ DOMAIN, EVENT: 'new_user.came', ROUTE: 'GET /orders' }, 'schema the name NewUser'],
    [{ DOMAIN: 'users', EVENT: 'user.created' }, 'has an event user.created already'],
    [{ DOMAIN: 'clients', EVENT: 'user.left' }, 'belongs to another domain'],
    [{ DOMAIN, USECASE: 'place_order' }, 'has no event yet'],
    [{ DOMAIN, USECASE: 'place_order', ON: EVENT, ROUTE: 'POST /orders' }, 'ON belongs to USECASE'],
    [{ DOMAIN, ROUTE: 'POST /orders' }, 'has no use case to call yet'],
    [{ DOMAIN: 'users', USECASE: 'users', EVENT: 'user.created' }, 'there is a users already'],
    [{ DOMAIN: 'users', USECASE: 'greet', ON: 'user.vanished' }, 'has no event user.vanished'],
    [{ DOMAIN: 'users', USECASE: 'greet' }, 'say with EVENT=… which event'],
    [
      { DOMAIN: 'users', EVENT: 'user.created', USECASE: 'add', ROUTE: 'POST /users' },
      'there is a route POST /users',
    ],
    [{ DOMAIN, ROUTE: 'GET /orders' }, 'has no event yet'],
    [{ DOMAIN: 'users', ROUTE: 'GET /users/:id' }, 'there is a route GET /users/{id} already'],
    [{ DOMAIN: 'users', ROUTE: 'GET /users/{id}/age' }, 'has a view of its own'],
    [{ DOMAIN, EVENT: 'page.read', ROUTE: 'GET /orders' }, 'would be Page, which is taken'],
    [{ DOMAIN, EVENT, USECASE: 'place_order', ROUTE: 'DELETE /orders' }, 'DELETE is none of GET, POST, PUT'],
    [{ DOMAIN, ROUTE: '/orders' }, 'say a method and a path'],
    [{ DOMAIN, ROUTE: 'GET /orders/{number}' }, 'its only parameter is one {id}'],
    [{ DOMAIN, ROUTE: 'GET /orders/{id}/of/{id}' }, 'its only parameter is one {id}'],
    [{ DOMAIN, ROUTE: 'GET /:id' }, 'begin with a word'],
    [{ DOMAIN, ROUTE: 'GET /users/all' }, '/users/{id} in internal/controller/http/v1/users.ts would answer'],
    [{ DOMAIN, ROUTE: 'GET /Orders/' }, 'a path has lower-case words'],
    [{ DOMAIN, ROUTE: 'POST /v1/orders' }, "below /v1 and /api/v1 by themselves; write 'POST /orders'"],
    [{ DOMAIN, ROUTE: 'GET /api/v1/orders/:id' }, "by themselves; write 'GET /orders/:id'"],
    [{ DOMAIN, ROUTE: 'GET /v1' }, "by themselves; write 'GET /orders'"],
    [{ DOMAIN: 'users', EVENT: 'invoice.sent' }, 'make new EVENT=invoice.sent DOMAIN=invoices'],
    [
      { DOMAIN: 'users', USECASE: 'greet', ON: 'translation.completed' },
      'make new USECASE=greet ON=translation.completed DOMAIN=translations',
    ],
  ];
  for (const [wanted, said] of cases) {
    it(`make new ${textOf(wanted)}: ${said}`, async () => {
      const plan = await Plan.of(projectRoot());
      expect(caught(() => add(plan, wanted), Refusal).message).to.include(said);
    });
  }

  const PLACE = { DOMAIN, EVENT, USECASE: 'place' };
  const BY_ID = 'PUT /orders/{id}';
  const afterwards: readonly (readonly [made: readonly Wanted[], wanted: Wanted, said: string])[] = [
    [[{ DOMAIN, EVENT: 'order.placed_data' }], { DOMAIN, EVENT }, 'is called orderPlacedData already'],
    [[{ DOMAIN, EVENT }], { DOMAIN, EVENT: 'order.placed_data' }, 'is called orderPlacedData already'],
    [[{ ...PLACE, USECASE: 'order_shipped' }], { DOMAIN, EVENT: 'order.shipped' }, 'there is a test'],
    [
      [PLACE, { DOMAIN, USECASE: 'place_by_id' }],
      { DOMAIN, USECASE: 'place', ROUTE: BY_ID },
      'need the name PlaceById',
    ],
    [[{ ...PLACE, ROUTE: BY_ID }], { DOMAIN, USECASE: 'place_by_id' }, 'schema the name PlaceById'],
    [
      [
        { ...PLACE, ROUTE: 'POST /orders/now' },
        { DOMAIN: 'things', EVENT: 'thing.made', USECASE: 'make' },
      ],
      { DOMAIN: 'things', ROUTE: BY_ID },
      '/orders/now in internal/controller/http/v1/orders.ts would answer the same requests',
    ],
    [
      [{ ...PLACE, ROUTE: 'POST /orders' }],
      { DOMAIN, USECASE: 'publish_timeout_ms', ROUTE: 'POST /orders/late' },
      'another option publishTimeoutMs',
    ],
    [
      [
        { DOMAIN, EVENT },
        { DOMAIN: 'users', USECASE: 'orders_page', EVENT: 'user.created' },
      ],
      { DOMAIN: 'orders_views', EVENT: 'orders.seen', ROUTE: 'GET /views' },
      'need the name OrdersPage',
    ],
  ];
  for (const [made, wanted, said] of afterwards) {
    it(`make new ${textOf(...made)}, then ${textOf(wanted)}: ${said}`, async () => {
      const plan = await Plan.of(projectRoot());
      for (const step of made) add(plan, step);
      expect(caught(() => add(plan, wanted), Refusal).message).to.include(said);
    });
  }

  describe('names that something else has', () => {
    let plan: Plan;

    before(async () => {
      plan = await Plan.of(projectRoot());
      add(plan, { DOMAIN, EVENT, USECASE: 'place_order' });
      add(plan, { DOMAIN, USECASE: 'ship_order_input' });
    });

    for (const [name, taken] of [
      ['logger', 'Logger'],
      ['clock', 'Clock'],
      ['translator', 'Translator'],
      ['event_bus', 'EventBus'],
      ['id_generator', 'IdGenerator'],
      ['config', 'Config'],
      ['kafka_driver', 'KafkaDriver'],
      ['route', 'Route'],
      ['recorded', 'Recorded'],
      ['promise', 'Promise'],
      ['extract', 'Extract'],
      ['abort_signal', 'AbortSignal'],
      ['order', 'Order'],
      ['order_directory', 'OrderDirectory'],
      ['order_page', 'OrderPage'],
      ['user_directory', 'UserDirectory'],
      ['translation_page', 'TranslationPage'],
      ['place_order_input', 'PlaceOrderInput'],
      ['place_order_use_case', 'PlaceOrderUseCase'],
      ['ship_order', 'ShipOrderInput'],
    ] as const) {
      it(`make new USECASE=${name}: ${taken} is something else`, () => {
        const { message } = caught(() => add(plan, { DOMAIN, USECASE: name }), Refusal);
        expect(message).to.match(new RegExp(`^USECASE: ${name} would .*\\b${taken}\\b`));
      });
    }
  });

  describe('data that do not fit what is written', () => {
    const FILE = 'internal/entity/order_event.ts';
    let plan: Plan;
    const data = (initializer: string) => {
      const declared = plan.source(FILE).getVariableDeclarationOrThrow('orderPlacedData');
      declared.setInitializer(initializer);
    };

    before(async () => {
      plan = await Plan.of(projectRoot());
      add(plan, { DOMAIN, EVENT, USECASE: 'place_order' });
      plan
        .source(FILE)
        .insertStatements(0, [
          "import { profile } from './user_event.js';",
          'const own = { id: z.string() };',
          'const item = z.object(own);',
        ]);
    });

    for (const initializer of [
      'z.object({ id: z.string() })',
      "z.strictObject({ 'id': z.string() })",
      'z.object({ name: z.string(), ...item.shape })',
      'z.object({ name: z.string() }).extend({ id: z.string() })',
      'item.strict()',
      "z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), ...own })])",
    ]) {
      it(`${initializer} has an id of its own`, () => {
        data(initializer);
        for (const wanted of [{ USECASE: 'ship_order' }, { ROUTE: 'POST /orders' }, { ROUTE: BY_ID }]) {
          const { message } = caught(() => add(plan, { DOMAIN, ...wanted }), Refusal);
          expect(message).to.include('have a field id').and.to.include(FILE);
        }
      });
    }

    for (const initializer of [
      "z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })])",
      'z.union([profile, profile])',
      'z.object({ name: z.string() }).pipe(profile)',
      'profile.optional()',
    ]) {
      it(`${initializer} has no shape for a route to take in`, () => {
        data(initializer);
        const { message } = caught(() => add(plan, { DOMAIN, ROUTE: 'POST /orders' }), Refusal);
        expect(message).to.include('are no z.object');
      });
    }

    [
      'z.object({ item: z.object({ id: z.string() }) })',
      'profile.extend({ orderId: z.string() }).strict()',
      'item.omit({ id: true })',
      'z.strictObject(profile.shape).meta({ examples: [] })',
    ].forEach((initializer, at) => {
      it(`${initializer} fits`, () => {
        data(initializer);
        add(plan, { DOMAIN, USECASE: `change_${at}`, EVENT, ROUTE: `POST /orders/changes_${at}` });
      });
    });
  });

  it('make new: a query is called for what it answers, and not for what it does not', async () => {
    const plan = await Plan.of(projectRoot());
    add(plan, { DOMAIN, EVENT, USECASE: 'place_order', ROUTE: 'GET /orders/{id}' });
    add(plan, { DOMAIN, USECASE: 'place_order', ROUTE: 'GET /orders/{id}/again' });
    for (const [wanted, said] of [
      [{ ROUTE: 'GET /orders', USECASE: 'place_order' }, 'leave USECASE out, or name a new one'],
      [{ ROUTE: 'POST /orders', USECASE: 'place_order' }, 'has no use case to call yet'],
      [{ ROUTE: 'GET /orders', EVENT }, 'has an event order.placed already'],
    ] as const) {
      expect(caught(() => add(plan, { DOMAIN, ...wanted }), Refusal).message).to.include(said);
    }
  });

  it('make bare and make drop: names that there are not', () => {
    for (const [options, said] of [
      [{}, 'NAME is missing'],
      [{ NAME: 'My Service' }, 'is no name'],
      [{ NAME: 'my-service', KEEP: 'cats' }, 'there is no sample cats'],
    ] as const) {
      expect(caught(() => bareOptions(options), Refusal).message).to.include(said);
    }
    for (const [PKG, said] of [
      ['', 'PKG is missing'],
      ['kafka', 'the service is built on it'],
      ['cats', 'there is no such package'],
    ] as const) {
      expect(caught(() => dropOptions({ PKG }), Refusal).message).to.include(said);
    }
  });

  it('make drop: what has been dropped', async () => {
    const plan = await Plan.of(projectRoot());
    const options = dropOptions({ PKG: 'devbroker' });
    drop(plan, options);
    expect(
      caught(() => {
        drop(plan, options);
      }, Refusal).message,
    ).to.include('already');
  });
});
