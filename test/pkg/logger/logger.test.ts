import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { createLogger, currentContext, runWithContext } from '../../../pkg/logger/index.js';
import { Capture, logged, loggedLine, loggedLines } from './support.js';

describe('logger: lines', () => {
  it('writes one JSON object per line with time, level, message, name and fields', async () => {
    const line = await loggedLine((logger) => {
      logger.warn('low stock', { item: 7 });
    });
    expect(Object.keys(line)).to.deep.equal(['time', 'level', 'message', 'name', 'item']);
    expect(line).to.include({ level: 'warn', message: 'low stock', name: 'test', item: 7 });
    expect(new Date(String(line['time'])).toISOString()).to.equal(line['time']);
  });

  it('writes each level as itself, and nothing below the least level', async () => {
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    for (const [index, least] of levels.entries()) {
      const text = await logged({ level: least }, (logger) => {
        for (const level of levels) logger[level](level);
      });
      const written = [...text.matchAll(/"level":"(\w+)","message":"(\w+)"/g)].map(([, level, message]) => {
        expect(level).to.equal(message);
        return level;
      });
      expect(written).to.deep.equal(levels.slice(index));
    }
  });

  it('adds the fields of a child to its lines only; a line wins over the child, a child over its parent', async () => {
    const [parent, child, grandchild] = await loggedLines((logger) => {
      const one = logger.child({ a: 1, b: 1, c: 1 });
      logger.info('parent');
      one.info('child', { c: 3 });
      one.child({ b: 2 }).info('grandchild');
    });
    expect(parent).to.not.have.any.keys('a', 'b', 'c');
    expect(child).to.include({ a: 1, b: 1, c: 3 });
    expect(grandchild).to.include({ a: 1, b: 2, c: 1 });
  });

  it('keeps its own keys from being overwritten by fields', async () => {
    const line = await loggedLine((logger) => {
      logger.info('mine', { message: 'theirs', level: 'error', time: 0, name: 'x' });
    });
    expect(line).to.include({ message: 'mine', level: 'info', name: 'test' });
    expect(line).to.include({ message_: 'theirs', level_: 'error', time_: 0, name_: 'x' });
  });

  it('writes JSON to a pipe and readable lines to a terminal with format auto', async () => {
    const hello = (logger: { info: (message: string) => void }): void => {
      logger.info('hello');
    };
    expect(await logged({ format: 'auto' }, hello, new Capture(false))).to.match(/^\{"time":/);
    expect(await logged({ format: 'auto' }, hello, new Capture(true))).to.match(/^[\d:.]+ INFO {2}hello\n$/);
  });
});

describe('logger: context', () => {
  it('puts the correlation id, and all of the context, into every line logged inside', async () => {
    const lines = await loggedLines((logger) =>
      runWithContext({ correlationId: 'req-1', causationId: 'evt-1' }, async () => {
        logger.info('before');
        await new Promise(setImmediate);
        logger.child({ part: 1 }).info('after');
      }),
    );
    expect(lines).to.have.length(2);
    for (const line of lines) expect(line).to.include({ correlationId: 'req-1', causationId: 'evt-1' });
  });

  it('does not leak from one context to another, nor behind its end', async () => {
    const lines = await loggedLines(async (logger) => {
      const handle = (correlationId: string): Promise<void> =>
        runWithContext({ correlationId }, async () => {
          await new Promise(setImmediate);
          logger.info(correlationId);
        });
      await Promise.all(['a', 'b', 'c'].map(handle));
      expect(currentContext()).to.equal(undefined);
      logger.info('outside');
    });
    expect(lines.map((line) => [line['message'], line['correlationId']])).to.deep.equal([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
      ['outside', undefined],
    ]);
  });

  it('replaces an outer context, and returns what the function returns', () => {
    const inner = runWithContext({ correlationId: 'outer', tenant: 't' }, () =>
      runWithContext({ correlationId: 'inner' }, currentContext),
    );
    expect(inner).to.deep.equal({ correlationId: 'inner' });
  });
});

describe('logger: the end of a program', () => {
  const index = JSON.stringify(path.resolve('dist/pkg/logger/index.js'));

  it('has written every line when flush resolves', () => {
    const code = `import { createLogger } from ${index};
      const logger = createLogger({ level: 'info', format: 'json', name: 'child' });
      for (let i = 1; i <= 5000; i++) logger.info('line', { i });
      await logger.flush();
      process.exit(0);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(run.stderr).to.equal('');
    const lines = run.stdout.trim().split('\n');
    expect(lines).to.have.length(5000);
    expect(lines.at(-1)).to.match(/"i":5000\}$/);
  });

  it('does not end, and still flushes, where nobody reads the stream any more', async () => {
    const stream = new Capture();
    const logger = createLogger({ level: 'info', format: 'json', name: 'test', stream });
    stream.destroy(new Error('EPIPE'));
    logger.info('into the void');
    await logger.flush();
    expect(stream.text).to.equal('');
  });

  it('flushes at once where nothing was logged', async () => {
    expect(await logged({}, () => undefined)).to.equal('');
  });
});
