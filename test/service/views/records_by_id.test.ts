import { expect } from 'chai';
import fc from 'fast-check';
import { RecordsById } from '../../../internal/repo/persistent/views/records_by_id.js';

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'B', 'ä', '');

describe('records by id', () => {
  it('list all there is, each once, in the order of ids, whatever was set, removed and listed before', () => {
    const step = fc.oneof(
      fc.record({ set: ids, to: fc.option(fc.nat(), { nil: undefined }) }),
      fc.record({ list: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
        const records = new RecordsById<number>();
        const model = new Map<string, number>();
        for (const one of steps) {
          if ('list' in one) {
            records.page({ limit: one.list });
            continue;
          }
          records.set(one.set, one.to);
          if (one.to === undefined) model.delete(one.set);
          else model.set(one.set, one.to);
        }
        const listed: number[] = [];
        let after: string | undefined;
        do {
          const page = records.page({ limit, after });
          expect(page.items.length).to.be.at.most(limit);
          listed.push(...page.items);
          after = page.next;
        } while (after !== undefined);
        const sorted = [...model.keys()].sort().map((id) => model.get(id));
        expect(listed).to.deep.equal(sorted);
        for (const [id, value] of model) expect(records.get(id)).to.equal(value);
      }),
    );
  });

  it('go on after an id that is no longer there', () => {
    const records = new RecordsById<string>();
    for (const id of ['a', 'b', 'c']) records.set(id, id);
    records.set('b', undefined);
    expect(records.page({ limit: 5, after: 'b' })).to.deep.equal({ items: ['c'] });
  });
});
