import { expect } from 'chai';
import fc from 'fast-check';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import {
  array,
  bool,
  bytes,
  type Encoding,
  type Field,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableBytes,
  nullableString,
  since,
  string,
  struct,
  type Type,
  until,
  uuid,
} from '../../../../pkg/devbroker/wire/schema.js';
import { Writer } from '../../../../pkg/devbroker/wire/writer.js';

/** A wire type together with values of it. */
interface Sample {
  type: Type<unknown>;
  values: fc.Arbitrary<unknown>;
}

const sample = <T>(type: Type<T>, values: fc.Arbitrary<T>): Sample => ({
  type: type,
  values,
});

const someBytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value));
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const scalars: Sample[] = [
  sample(int8, fc.integer({ min: -128, max: 127 })),
  sample(int16, fc.integer({ min: -32_768, max: 32_767 })),
  sample(int32, fc.integer()),
  sample(int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  sample(bool, fc.boolean()),
  sample(string, text),
  sample(nullableString, fc.option(text)),
  sample(bytes, someBytes),
  sample(nullableBytes, fc.option(someBytes)),
  sample(uuid, fc.uuid()),
];

const MAX_VERSION = 4;

/** Fields of random version ranges; outside of them a field has its stand-in. */
function fieldOf({
  type,
  values,
}: Sample): fc.Arbitrary<{ field: Field<unknown>; values: fc.Arbitrary<unknown> }> {
  const version = fc.integer({ min: 0, max: MAX_VERSION });
  return fc
    .tuple(fc.constantFrom(since, until), version)
    .map(([carried, bound]) => ({ field: carried(bound, type, 'stand-in'), values }));
}

const { schema } = fc.letrec<{ schema: Sample; composite: Sample }>((tie) => ({
  schema: fc.oneof({ maxDepth: 3 }, fc.constantFrom(...scalars), tie('composite')),
  composite: fc.oneof(
    tie('schema').map(({ type, values }) => sample(array(type), fc.array(values, { maxLength: 3 }))),
    tie('schema').map(({ type, values }) =>
      sample(nullableArray(type), fc.option(fc.array(values, { maxLength: 3 }))),
    ),
    fc.array(tie('schema').chain(fieldOf), { minLength: 1, maxLength: 4 }).map((fields) => {
      const named = fields.map((field, i) => [`f${i}`, field] as const);
      // One field is always there: an element of an array takes at least one byte in the protocol.
      return sample(
        struct({ always: int8, ...Object.fromEntries(named.map(([name, { field }]) => [name, field])) }),
        fc.record({
          always: fc.constant(1),
          ...Object.fromEntries(named.map(([name, { values }]) => [name, values])),
        }),
      );
    }),
  ),
}));

function encode(type: Type<unknown>, value: unknown, encoding: Encoding): Buffer {
  const writer = new Writer();
  type.write(writer, value, encoding);
  return Buffer.concat(writer.takeFrame().slice(1));
}

describe('schema', () => {
  it('reads what it wrote, to the last byte, for any schema, value and version', () => {
    const encodings = fc.record({
      version: fc.integer({ min: 0, max: MAX_VERSION }),
      flexible: fc.boolean(),
    });
    const cases = schema.chain(({ type, values }) => fc.tuple(fc.constant(type), values, encodings));
    fc.assert(
      fc.property(cases, ([type, value, encoding]) => {
        const first = encode(type, value, encoding);
        const reader = new Reader(first);
        const decoded = type.read(reader, encoding);
        expect(reader.remaining).to.equal(0);
        // Fields that the version does not carry read as their stand-in, so the values are compared as bytes.
        expect(encode(type, decoded, encoding).equals(first)).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives back every value of every scalar type', () => {
    for (const { type, values } of scalars) {
      fc.assert(
        fc.property(values, fc.boolean(), (value, flexible) => {
          const encoding = { version: 0, flexible };
          expect(type.read(new Reader(encode(type, value, encoding)), encoding)).to.deep.equal(value);
        }),
        { numRuns: 50 },
      );
    }
  });

  it('carries a field in its versions only and gives its stand-in elsewhere', () => {
    const type = struct({
      always: int8,
      later: since(2, int8, -7),
      early: until(2, int8, -8),
    });
    const value = { always: 1, later: 2, early: 3 };
    const decoded = [0, 1, 2, 3].map((version) => {
      const encoding = { version, flexible: false };
      const writer = new Writer();
      type.write(writer, value, encoding);
      return type.read(new Reader(Buffer.concat(writer.takeFrame().slice(1))), encoding);
    });
    expect(decoded).to.deep.equal([
      { always: 1, later: -7, early: 3 },
      { always: 1, later: -7, early: 3 },
      { always: 1, later: 2, early: 3 },
      { always: 1, later: 2, early: -8 },
    ]);
  });

  it('ends each struct of a flexible version with its tags', () => {
    const type = struct({ inner: array(struct({ a: int8 })) }) as Type<unknown>;
    const value = { inner: [{ a: 5 }, { a: 6 }] };
    expect(encode(type, value, { version: 0, flexible: true }).toString('hex')).to.equal(
      '03' + '0500' + '0600' + '00',
    );
    expect(encode(type, value, { version: 0, flexible: false }).toString('hex')).to.equal(
      '00000002' + '05' + '06',
    );
  });
});
