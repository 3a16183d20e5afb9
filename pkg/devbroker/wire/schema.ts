import { WireError, type Reader } from './reader.js';
import { type Writer } from './writer.js';

/** What the encoding of a message depends on beside its values. */
export interface Encoding {
  /** The API version of the request. */
  version: number;
  /** Whether that version uses compact lengths and tagged fields (KIP-482). */
  flexible: boolean;
}

/** A type of the wire: one description serves both directions, so that they cannot drift apart. */
export interface Type<T> {
  read(reader: Reader, encoding: Encoding): T;
  write(writer: Writer, value: T, encoding: Encoding): void;
}

/** The value type behind a wire type. */
export type Infer<S> = S extends Type<infer T> ? T : never;

export const int8: Type<number> = {
  read: (r) => r.int8(),
  write: (w, v) => {
    w.int8(v);
  },
};
export const int16: Type<number> = {
  read: (r) => r.int16(),
  write: (w, v) => {
    w.int16(v);
  },
};
export const int32: Type<number> = {
  read: (r) => r.int32(),
  write: (w, v) => {
    w.int32(v);
  },
};
export const int64: Type<bigint> = {
  read: (r) => r.int64(),
  write: (w, v) => {
    w.int64(v);
  },
};
export const bool: Type<boolean> = {
  read: (r) => r.int8() !== 0,
  write: (w, v) => {
    w.int8(v ? 1 : 0);
  },
};

/** Lengths: -1 is null; flexible versions carry length + 1 as a varint, others an integer of fixed width. */
function readLength(reader: Reader, { flexible }: Encoding, width: 2 | 4): number {
  if (flexible) return reader.uvarint() - 1;
  return width === 2 ? reader.int16() : reader.int32();
}

function writeLength(writer: Writer, length: number, { flexible }: Encoding, width: 2 | 4): void {
  if (flexible) writer.uvarint(length + 1);
  else if (width === 2) writer.int16(length);
  else writer.int32(length);
}

function nullable<T>(type: Type<T | null>, what: string): Type<T> {
  return {
    read(reader, encoding) {
      const value = type.read(reader, encoding);
      if (value === null) throw new WireError(`${what} may not be null here`);
      return value;
    },
    write(writer, value, encoding) {
      type.write(writer, value, encoding);
    },
  };
}

export const nullableString: Type<string | null> = {
  read(reader, encoding) {
    const length = readLength(reader, encoding, 2);
    return length < 0 ? null : reader.text(length);
  },
  write(writer, value, encoding) {
    if (value === null) {
      writeLength(writer, -1, encoding, 2);
      return;
    }
    const bytes = Buffer.from(value, 'utf8');
    writeLength(writer, bytes.length, encoding, 2);
    writer.bytes(bytes);
  },
};
export const string = nullable(nullableString, 'a string');

/** A UUID in its usual text form; 16 bytes on the wire. */
export const uuid: Type<string> = {
  read(reader) {
    const hex = reader.bytes(16).toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
  write(writer, value) {
    writer.bytes(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
};

/** Bytes, and record batches, which this broker never looks into further than it has to. */
export const nullableBytes: Type<Uint8Array | null> = {
  read(reader, encoding) {
    const length = readLength(reader, encoding, 4);
    return length < 0 ? null : reader.bytes(length);
  },
  write(writer, value, encoding) {
    writeLength(writer, value === null ? -1 : value.length, encoding, 4);
    if (value !== null) writer.bytes(value);
  },
};
export const bytes = nullable(nullableBytes, 'bytes');

/** Record batches of a fetch answer: several stored buffers that go to the socket as one field, uncopied. */
export const batches: Type<Uint8Array[]> = {
  read(reader, encoding) {
    const all = nullableBytes.read(reader, encoding);
    return all === null ? [] : [all];
  },
  write(writer, value, encoding) {
    writeLength(
      writer,
      value.reduce((sum, batch) => sum + batch.length, 0),
      encoding,
      4,
    );
    for (const batch of value) writer.bytes(batch);
  },
};

export function nullableArray<T>(element: Type<T>): Type<T[] | null> {
  return {
    read(reader, encoding) {
      const length = readLength(reader, encoding, 4);
      if (length < 0) return null;
      const values: T[] = [];
      for (let left = reader.count(length); left > 0; left--) values.push(element.read(reader, encoding));
      return values;
    },
    write(writer, value, encoding) {
      writeLength(writer, value === null ? -1 : value.length, encoding, 4);
      for (const one of value ?? []) element.write(writer, one, encoding);
    },
  };
}

export function array<T>(element: Type<T>): Type<T[]> {
  return nullable(nullableArray(element), 'an array');
}

/** A field that only some versions carry; elsewhere it reads as `absent`. */
export interface Field<T> {
  type: Type<T>;
  since: number;
  until: number;
  absent: T;
}

/** A field carried from version `since` on. */
export function since<T>(version: number, type: Type<T>, absent: T): Field<T> {
  return { type, since: version, until: Infinity, absent };
}

/** A field carried up to and including version `last`. */
export function until<T>(last: number, type: Type<T>, absent: T): Field<T> {
  return { type, since: 0, until: last, absent };
}

type FieldsOf = Record<string, Type<unknown> | Field<unknown>>;
type StructOf<F> = {
  [K in keyof F]: F[K] extends Field<infer T> ? T : F[K] extends Type<infer T> ? T : never;
};

/** A structure of named fields in wire order; flexible versions end it with (empty) tagged fields. */
// `any` in the constraint only: Type<T> is invariant, so no narrower bound accepts every field type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function struct<F extends Record<string, Type<any> | Field<any>>>(fields: F): Type<StructOf<F>> {
  const entries = Object.entries(fields as FieldsOf).map(([name, field]) =>
    'type' in field
      ? { name, ...field }
      : { name, type: field, since: 0, until: Infinity, absent: undefined },
  );
  return {
    read(reader, encoding) {
      const value: Record<string, unknown> = {};
      for (const { name, type, since: first, until: last, absent } of entries) {
        const carried = encoding.version >= first && encoding.version <= last;
        value[name] = carried ? type.read(reader, encoding) : absent;
      }
      if (encoding.flexible) reader.skipTags();
      return value as StructOf<F>;
    },
    write(writer, value, encoding) {
      for (const { name, type, since: first, until: last } of entries) {
        if (encoding.version >= first && encoding.version <= last) {
          type.write(writer, (value as Record<string, unknown>)[name], encoding);
        }
      }
      if (encoding.flexible) writer.uvarint(0);
    },
  };
}

/** What many requests and answers carry: something for each partition, by topic. */
export function byTopic<P>(partition: Type<P>): Type<{ name: string; partitions: P[] }[]> {
  return array(struct({ name: string, partitions: array(partition) }));
}
