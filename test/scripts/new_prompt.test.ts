import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { ask } from '../../scripts/template/new/ask.js';
import { Refusal } from '../../scripts/template/refusal.js';
import { rejection } from '../support/caught.js';

describe('make new, asked without arguments', () => {
  /** Answers the questions with these lines, and then ends. */
  function answer(...lines: string[]) {
    const input = new PassThrough();
    const output = new PassThrough().setEncoding('utf8');
    input.end(lines.map((line) => `${line}\n`).join(''));
    const wanted = ask(input, output);
    return { wanted, said: () => String(output.read()) };
  }

  for (const [lines, wanted] of [
    [['event', 'orders', 'order.placed'], { DOMAIN: 'orders', EVENT: 'order.placed' }],
    [['a use case', ' orders ', 'place_order', '', ''], { DOMAIN: 'orders', USECASE: 'place_order' }],
    [
      ['u', 'orders', 'place_order', '', 'order.placed'],
      { DOMAIN: 'orders', USECASE: 'place_order', EVENT: 'order.placed' },
    ],
    [
      ['usecase', 'orders', 'bill_order', 'order.placed'],
      { DOMAIN: 'orders', USECASE: 'bill_order', ON: 'order.placed' },
    ],
    [['route', 'orders', 'GET /orders', ''], { DOMAIN: 'orders', ROUTE: 'GET /orders' }],
    [
      ['R', 'orders', 'POST /orders', 'place_order'],
      { DOMAIN: 'orders', ROUTE: 'POST /orders', USECASE: 'place_order' },
    ],
  ] as const) {
    it(`takes ${lines.join(', ')} for what it says`, async () => {
      expect(await answer(...lines).wanted).to.deep.equal(wanted);
    });
  }

  it('says what is no good of an answer, and asks again', async () => {
    const { wanted, said } = answer('a cat', '', 'event', 'Orders', 'orders', 'placed', 'order.placed');
    expect(await wanted).to.deep.equal({ DOMAIN: 'orders', EVENT: 'order.placed' });
    const text = said();
    expect(text).to.include('"a cat" is none of event, usecase, route');
    expect(text).to.include('"Orders" is no name like orders');
    expect(text).to.include('"placed" is no type like order.placed');
    expect(text.match(/Of which domain/g)).to.have.length(2);
  });

  it('refuses a route that cannot be made, and says why', async () => {
    const { wanted, said } = answer('route', 'orders', 'DELETE /orders', 'GET orders', 'GET /orders/:id', '');
    expect(await wanted).to.deep.equal({ DOMAIN: 'orders', ROUTE: 'GET /orders/:id' });
    expect(said()).to.include('DELETE is none of GET, POST, PUT').and.to.include('say a method and a path');
  });

  it('gives up where the answers end in the middle', async () => {
    for (const lines of [[], ['event'], ['event', 'orders'], ['usecase', 'orders', 'place_order', '']]) {
      const error = await rejection(answer(...lines).wanted, Refusal);
      expect(error.message).to.include('nothing was written');
    }
  });
});
