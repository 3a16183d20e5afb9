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

  it('do not sort all again after each new one', () => {
    let compared = 0;
    /** An id that counts how often its text is looked at. */
    const counting = (text: string) => ({ toString: () => ((compared += 1), text) }) as unknown as string;
    const records = new RecordsById<number>();
    const texts = Array.from({ length: 1_000 }, (_, i) => `user-${String(i * 7).padStart(5, '0')}`);
    for (const [i, text] of texts.entries()) records.set(counting(text), i);
    records.page({ limit: 1 });
    for (const text of ['user-00003', 'user-03004', 'user-99999']) {
      records.set(counting(text), -1);
      compared = 0;
      records.page({ limit: 1 });
      expect(compared).to.be.greaterThan(0).and.lessThan(50);
    }
  });

  it('forget ids that are removed before a listing, and most of those that were listed', () => {
    const records = new RecordsById<number>();
    const kept = () => {
      const { sorted, added, gone } = records as unknown as Record<string, Set<string> & string[]>;
      return Number(sorted?.length) + Number(added?.size) + Number(gone?.size);
    };
    for (let i = 0; i < 1_000; i += 1) {
      records.set(`id-${i}`, i);
      records.set(`id-${i}`, undefined);
    }
    expect(kept()).to.equal(0);
    for (let i = 0; i < 1_000; i += 1) {
      records.set(`id-${i}`, i);
      records.page({ limit: 1 });
      records.set(`id-${i}`, undefined);
    }
    expect(kept()).to.be.lessThan(10);
  });

  it('go on after an id that is no longer there', () => {
    const records = new RecordsById<string>();
    for (const id of ['a', 'b', 'c']) records.set(id, id);
    records.set('b', undefined);
    expect(records.page({ limit: 5, after: 'b' })).to.deep.equal({ items: ['c'] });
  });
});
