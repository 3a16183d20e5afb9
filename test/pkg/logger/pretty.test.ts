import tty from 'node:tty';
import { expect } from 'chai';
import { runWithContext } from '../../../pkg/logger/index.js';
import { Capture, logged } from './support.js';

const pretty = { format: 'pretty' } as const;

describe('logger: readable lines', () => {
  it('shows time, level, message, fields and the end of the correlation id', async () => {
    const text = await logged(pretty, (logger) => {
      runWithContext({ correlationId: '0199c2f4-7a10-7000-8000-1234567890ab' }, () => {
        logger.info('order placed', { orderId: 7, item: 'a b', tags: ['x'], none: null });
      });
    });
    expect(text).to.match(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}order placed orderId=7 item="a b" tags=\["x"\] none=null \[567890ab\]\n$/,
    );
  });

  it('shows below the line the frames of an error, and names each cause', async () => {
    const text = await logged(pretty, (logger) => {
      const cause = new TypeError('inner', { cause: 'plain' });
      logger.error('failed', { error: new Error('outer', { cause }) });
    });
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).to.match(/ERROR failed error="Error: outer"$/);
    expect(lines[1]).to.match(/^ {4}at /);
    const causes = lines.filter((line) => line.startsWith('  caused by'));
    expect(causes).to.deep.equal(['  caused by "TypeError: inner"', '  caused by plain']);
    expect(lines.length).to.be.at.most(20);
  });

  it('is coloured on a terminal that shows colours, and nowhere else', async () => {
    const warn = (logger: { warn: (message: string) => void }): void => {
      logger.warn('m');
    };
    expect(await logged(pretty, warn, new Capture(true, true))).to.contain('\u001b[33mWARN');
    expect(await logged(pretty, warn, new Capture(true, false))).to.not.contain('\u001b');
    expect(await logged(pretty, warn, new Capture(false, true))).to.not.contain('\u001b');
  });

  it('relies on a terminal whose hasColors says no under NO_COLOR', () => {
    const { hasColors } = tty.WriteStream.prototype;
    const terminal = Object.create(tty.WriteStream.prototype) as tty.WriteStream;
    expect(hasColors.call(terminal, 16, { TERM: 'xterm-256color' })).to.equal(true);
    expect(hasColors.call(terminal, 16, { TERM: 'xterm-256color', NO_COLOR: '1' })).to.equal(false);
  });
});
