import { framesOf, LoggedError } from './logged_error.js';
import { isSecretKey, secretReach, REDACTED, redactText } from './redact.js';

/** Characters that one field, or the message, may fill in a line. */
const FIELD_LIMIT = 8192;
const DEEPEST = 8;
const CUT = '[cut]';
const UNREADABLE = '[unreadable]';

// Line ends and terminal sequences forge lines; bidirectional controls hide what a line says.
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;
const UNSAFE_BUT_LAYOUT = /(?:(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029])+/gu;

/** Makes a message, or the name of a field, safe to stand in one line: no secrets, no control characters. */
export function cleanLine(text: unknown): string {
  return cut(asText(text), FIELD_LIMIT).replace(UNSAFE, ' ');
}

/**
 * Turns the value of a field into what JSON can hold, in about FIELD_LIMIT characters at most: without
 * secrets, control characters, cycles, and whatever throws when it is read. Never throws itself.
 */
export function cleanField(key: string, value: unknown): unknown {
  return new Cleaner().keyed(key, value);
}

/** The properties of an object; what throws when it is read says so. Anything else has none. */
export function readFields(fields: unknown): [key: string, value: unknown][] {
  if (typeof fields !== 'object' || fields === null) return [];
  try {
    return Object.keys(fields).map((key) => [key, readProperty(fields, key)]);
  } catch {
    return [['fields', UNREADABLE]];
  }
}

function readProperty(owner: object, key: string): unknown {
  try {
    return (owner as Record<string, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}

/** Callers without types may pass anything where a text belongs. */
function asText(given: unknown): string {
  return typeof given === 'string' ? given : `[${typeof given}]`;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Redacts before it cuts, so that the cut leaves no part of a secret behind. */
function cut(text: string, limit: number): string {
  // Redacting megabytes would stall the process. A secret may reach over the cut but not over this window,
  // whose own end is dropped again, since a secret may be cut there.
  const reach = secretReach();
  const clean = redactText(text.slice(0, limit + reach));
  const whole = text.length <= limit + reach ? clean : clean.slice(0, Math.max(0, clean.length - reach));
  return whole.length <= limit && text.length <= limit ? whole : `${whole.slice(0, limit)}… ${CUT}`;
}

/** Cleans one field; its budget shrinks with all that was taken. */
class Cleaner {
  private budget = FIELD_LIMIT;
  private readonly ancestors: object[] = [];

  keyed(key: string, value: unknown): unknown {
    const telling = value !== null && value !== undefined && typeof value !== 'boolean';
    return telling && isSecretKey(key) ? REDACTED : this.value(value);
  }

  private value(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        this.budget -= 8;
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
        return this.text(String(value));
      case 'symbol':
      case 'function':
        return `[${typeof value}]`;
      case 'object':
        return value === null ? null : this.object(value);
      default:
        return value;
    }
  }

  private text(given: unknown): string {
    const clean = cut(asText(given), Math.max(0, this.budget)).replace(UNSAFE_BUT_LAYOUT, ' ');
    this.budget -= clean.length;
    return clean;
  }

  private object(value: object): unknown {
    if (this.ancestors.includes(value)) return '[circular]';
    if (this.ancestors.length >= DEEPEST || this.budget <= 0) return CUT;
    this.ancestors.push(value);
    try {
      return this.byType(value);
    } catch {
      // A getter, proxy or toJSON of the caller's threw: the line says so and keeps the rest.
      return UNREADABLE;
    } finally {
      this.ancestors.pop();
    }
  }

  private byType(value: object): unknown {
    if (value instanceof Error) return this.error(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) {
      return this.entries(value.keys(), (key) => value.get(key) as unknown);
    }
    if (Array.isArray(value) || value instanceof Set) return this.items(value as Iterable<unknown>);
    if (hasToJson(value)) return this.value(value.toJSON());
    return this.properties(value, Object.keys(value));
  }

  private error(error: Error): LoggedError {
    const known = new Set(['name', 'message', 'stack', 'cause', 'errors']);
    return new LoggedError({
      name: this.text(error.name),
      message: this.text(error.message),
      details: this.properties(
        error,
        Object.keys(error).filter((key) => !known.has(key)),
      ),
      stack: this.text(framesOf(error)),
      ...(error.cause === undefined ? {} : { cause: this.value(error.cause) }),
      ...(error instanceof AggregateError ? { errors: this.items(error.errors) } : {}),
    });
  }

  private properties(value: object, keys: readonly string[]): Record<string, unknown> {
    return this.entries(keys, (key) => readProperty(value, key));
  }

  private entries<K>(keys: Iterable<K>, read: (key: K) => unknown): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (const key of keys) {
      const name = cleanLine(String(key));
      if (this.budget <= 0) {
        entries.push(['…', CUT]);
        break;
      }
      this.budget -= name.length;
      entries.push([name, this.keyed(name, read(key))]);
    }
    // Not by assignment: a key called __proto__ is data like any other.
    return Object.fromEntries(entries);
  }

  private items(values: Iterable<unknown>): unknown[] {
    const items: unknown[] = [];
    for (const value of values) {
      if (this.budget <= 0) {
        items.push(CUT);
        break;
      }
      this.budget -= 1;
      items.push(this.value(value));
    }
    return items;
  }
}
