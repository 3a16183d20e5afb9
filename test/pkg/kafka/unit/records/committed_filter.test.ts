import { expect } from 'chai';
import fc from 'fast-check';
import type { StoredBatch } from '../../../../../pkg/kafka/driver.js';
import { CommittedFilter } from '../../../../../pkg/kafka/records/committed_filter.js';

type Step = { readonly producer: number } & (
  | { readonly kind: 'write'; readonly records: number; readonly transactional: boolean }
  | { readonly kind: 'end'; readonly aborts: boolean }
);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    producer: fc.nat(3),
    records: fc.integer({ min: 1, max: 4 }),
    transactional: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('end' as const), producer: fc.nat(3), aborts: fc.boolean() }),
);

interface Written {
  readonly batch: StoredBatch;
  /** What a reader of committed records must see. */
  readonly visible: boolean;
}

/** What a broker's log would hold, its aborted transactions, and which batches are visible. */
function play(steps: readonly Step[]) {
  const written: { batch: StoredBatch; transaction: Transaction | undefined }[] = [];
  const open = new Map<number, Transaction>();
  const all: Transaction[] = [];
  let offset = 0n;
  const append = (parts: Partial<StoredBatch>, producer: number, records: number) => {
    const batch: StoredBatch = {
      baseOffset: offset,
      lastOffset: offset + BigInt(records - 1),
      producerId: BigInt(producer),
      transactional: false,
      control: false,
      aborts: false,
      records: async () => [],
      ...parts,
    };
    offset += BigInt(records);
    return batch;
  };
  const end = (producer: number, aborts: boolean) => {
    const transaction = open.get(producer);
    if (transaction === undefined) return;
    open.delete(producer);
    transaction.aborted = aborts;
    const batch = append({ transactional: true, control: true, aborts }, producer, 1);
    transaction.end = batch.lastOffset;
    written.push({ batch, transaction: undefined });
  };
  for (const action of steps) {
    const { producer } = action;
    if (action.kind === 'end') {
      end(producer, action.aborts);
    } else if (action.transactional) {
      const transaction = open.get(producer) ?? { producer, first: offset, end: 0n, aborted: false };
      if (!open.has(producer)) all.push(transaction);
      open.set(producer, transaction);
      written.push({ batch: append({ transactional: true }, producer, action.records), transaction });
    } else if (!open.has(producer)) {
      written.push({ batch: append({}, producer, action.records), transaction: undefined });
    }
  }
  for (const producer of [...open.keys()]) end(producer, true);
  const log = written.map(({ batch, transaction }): Written => ({
    batch,
    visible: !batch.control && transaction?.aborted !== true,
  }));
  return { log, aborted: all.filter(({ aborted }) => aborted) };
}

interface Transaction {
  readonly producer: number;
  readonly first: bigint;
  end: bigint;
  aborted: boolean;
}

describe('CommittedFilter', () => {
  it('lets through what is committed and nothing else, wherever a fetch begins', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.boolean(),
        (steps, at, reversed) => {
          const { log, aborted } = play(steps);
          const from = log.length === 0 ? 0 : at % log.length;
          const fetched = log.slice(from);
          const start = fetched[0]?.batch.baseOffset ?? 0n;
          // A broker lists the aborted transactions that reach into what is fetched, in no order to rely on.
          const listed = aborted
            .filter(({ end }) => end >= start)
            .map(({ producer, first }) => ({ producerId: BigInt(producer), firstOffset: first }));
          const filter = new CommittedFilter(reversed ? listed.reverse() : listed);
          expect(fetched.map(({ batch }) => filter.counts(batch))).to.deep.equal(
            fetched.map(({ visible }) => visible),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hides the records of two transactions that were open when the fetch began', () => {
    const batch = (offset: bigint, producerId: bigint): StoredBatch => ({
      baseOffset: offset,
      lastOffset: offset,
      producerId,
      transactional: true,
      control: false,
      aborts: false,
      records: async () => [],
    });
    const filter = new CommittedFilter([
      { producerId: 1n, firstOffset: 5n },
      { producerId: 2n, firstOffset: 6n },
    ]);
    const seen = [batch(10n, 2n), batch(11n, 1n), batch(12n, 2n)].map((each) => filter.counts(each));
    expect(seen).to.deep.equal([false, false, false]);
  });
});
