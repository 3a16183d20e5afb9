import { expect } from 'chai';
import fc from 'fast-check';
import { createLogger, type LogFields } from '../../../pkg/logger/index.js';
import { Capture, logged, loggedLine } from './support.js';

/** The field `value` as it comes back from the line. */
async function roundTrip(value: unknown): Promise<unknown> {
  const line = await loggedLine((logger) => {
    logger.info('m', { value });
  });
  return line['value'];
}

describe('logger: values', () => {
  it('takes whatever it is given and writes one line of JSON, in either format', async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withTypedArray: true,
    });
    await fc.assert(
      fc.asyncProperty(fc.string(), anything, anything, async (message, fields, value) => {
        const use = (logger: ReturnType<typeof createLogger>): void => {
          logger.child(value as LogFields).error(message, fields as LogFields);
          logger.info(message, { value });
        };
        const json = await logged({}, use);
        expect(
          json
            .split('\n')
            .slice(0, -1)
            .map((line) => typeof JSON.parse(line)),
        ).to.deep.equal(['object', 'object']);
        expect((await logged({ format: 'pretty' }, use)).split('\n')).to.have.length(3);
      }),
      { numRuns: 200 },
    );
  });

  it('describes what JSON cannot hold', async () => {
    const circular: Record<string, unknown> = { name: 'loop' };
    circular['self'] = circular;
    expect(await roundTrip(circular)).to.deep.equal({ name: 'loop', self: '[circular]' });
    expect(await roundTrip([1n, NaN, Infinity, Symbol('s'), () => 1, undefined])).to.deep.equal([
      '1',
      'NaN',
      'Infinity',
      '[symbol]',
      '[function]',
      null,
    ]);
    expect(
      await roundTrip({ at: new Date(0), never: new Date(NaN), bytes: Buffer.from('abc') }),
    ).to.deep.equal({
      at: '1970-01-01T00:00:00.000Z',
      never: 'Invalid Date',
      bytes: '[3 bytes]',
    });
    expect(await roundTrip(new Map([['k', new Set([1])]]))).to.deep.equal({ k: [1] });
    expect(await roundTrip(new URL('http://host/path'))).to.equal('http://host/path');
  });

  it('writes the same object twice where it is no cycle', async () => {
    const shared = { a: 1 };
    expect(await roundTrip([shared, shared])).to.deep.equal([{ a: 1 }, { a: 1 }]);
  });

  it('survives getters, proxies and toJSON that throw, and callers without types', async () => {
    const hostile = {
      get getter(): never {
        throw new Error('no');
      },
      toJSON: 1,
    };
    const fails = (): never => {
      throw new Error('no');
    };
    const proxy = new Proxy({}, { ownKeys: fails, get: fails, has: fails, getPrototypeOf: fails });
    expect(await roundTrip(hostile)).to.deep.equal({ getter: '[unreadable]', toJSON: 1 });
    expect(await roundTrip(proxy)).to.equal('[unreadable]');
    expect(await roundTrip({ toJSON: fails })).to.equal('[unreadable]');
    const line = await loggedLine((logger) => {
      logger.info(undefined as unknown as string, proxy);
    });
    expect(line).to.include({ message: '[undefined]', fields: '[unreadable]' });
    expect(
      await loggedLine((logger) => {
        logger.info('m', null as unknown as LogFields);
      }),
    ).to.include({ message: 'm' });
  });

  it('takes a key called __proto__ as data', async () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":true}}');
    expect(Object.keys((await roundTrip(value)) as object)).to.deep.equal(['__proto__']);
    expect({}).to.not.have.property('polluted');
  });

  it('cuts a field and a message at 8 kB, however they are nested', async () => {
    const long = 'x'.repeat(1_000_000);
    const wide = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100_000; level++) deep = { deep };
    for (const value of [
      long,
      [long, long],
      { a: { b: long } },
      wide,
      new Set(wide),
      new Error(long),
      deep,
    ]) {
      const text = await logged({}, (logger) => {
        logger.info('m', { value });
      });
      expect(text.length).to.be.below(40_000);
      expect(text).to.contain('[cut]');
    }
    const text = await logged({}, (logger) => {
      logger.info(long);
    });
    expect(text.length).to.be.below(8400);
  });

  it('strips from messages and names what could forge a line or drive a terminal', async () => {
    const forged = 'a\n{"level":"error"}\r\u001b[31m\u0007\u009b\u2028\u202eb';
    for (const format of ['json', 'pretty'] as const) {
      const text = await logged({ format }, (logger) => {
        logger.info(forged, { [forged]: 1, value: `\u001b[2J\u009b\u202e` });
      });
      expect(text.trimEnd()).to.not.match(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
      expect(text).to.contain('a {');
    }
  });

  it('keeps line ends and tabs inside of JSON values', async () => {
    expect(await roundTrip('a\n\tb')).to.equal('a\n\tb');
  });

  it('writes errors with code, frames of the caller, causes and parts', async () => {
    const root = Object.assign(new TypeError('root'), { code: 'ECONNRESET' });
    const error = new AggregateError([new Error('part')], 'outer', { cause: root });
    const value = (await roundTrip(error)) as Record<string, Record<string, unknown>>;
    expect(value).to.include({ name: 'AggregateError', message: 'outer' });
    expect(value['stack'])
      .to.match(/^at .*clean\.test/)
      .and.not.contain('node:internal');
    expect(value['cause']).to.include({ name: 'TypeError', message: 'root', code: 'ECONNRESET' });
    expect(value['errors']).to.have.nested.property('[0].message', 'part');
  });

  it('ends a cycle of causes', async () => {
    const error = new Error('loop');
    error.cause = error;
    expect(await roundTrip(error)).to.include({ cause: '[circular]' });
  });

  it('does not look at the fields of a line that its level suppresses', () => {
    const logger = createLogger({ level: 'error', format: 'json', name: 'test', stream: new Capture() });
    let reads = 0;
    logger.debug('m', {
      get value(): number {
        return ++reads;
      },
    });
    expect(reads).to.equal(0);
  });
});
