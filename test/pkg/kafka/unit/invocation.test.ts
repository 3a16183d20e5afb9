import { expect } from 'chai';
import { delayAfter } from '../../../../pkg/kafka/consumer/backoff.js';
import { attempt } from '../../../../pkg/kafka/consumer/invocation.js';
import type { IncomingMessage, MessageHandler } from '../../../../pkg/kafka/message.js';

const message: IncomingMessage = {
  topic: 't',
  partition: 0,
  offset: '0',
  key: null,
  value: null,
  headers: {},
  timestamp: 0,
  attempt: 1,
};

function run(handler: MessageHandler, options: { timeoutMs?: number; interrupt?: AbortController } = {}) {
  const { timeoutMs = 1_000, interrupt = new AbortController() } = options;
  return attempt(handler, message, { timeoutMs, interrupt: interrupt.signal });
}

describe('an attempt of a handler', () => {
  it('is done when the handler resolves, without having aborted it', async () => {
    let signal: AbortSignal | undefined;
    const outcome = await run(async (_message, context) => {
      ({ signal } = context);
    });
    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(signal?.aborted).to.equal(false);
  });

  it('R11: fails with an Error whatever the handler throws, at once or later', async () => {
    const throwers: MessageHandler[] = [
      () => {
        throw new TypeError('at once');
      },
      async () => {
        throw new RangeError('later');
      },
      /* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- handlers may throw anything */
      () => Promise.reject('text'),
      () => Promise.reject(undefined),
      /* eslint-enable @typescript-eslint/prefer-promise-reject-errors */
    ];
    for (const handler of throwers) {
      const outcome = await run(handler);
      expect(outcome.kind).to.equal('failed');
      expect(outcome.kind === 'failed' && outcome.error).to.be.instanceOf(Error);
    }
  });

  it('R10: fails when the time is up, aborts the handler, and takes care of its late rejection', async () => {
    const outcome = await run(
      (_message, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
      { timeoutMs: 5 },
    );
    expect(outcome.kind === 'failed' && outcome.error).to.have.property('code', 'KAFKA_HANDLER_TIMEOUT');
  });

  it('ends as interrupted, neither done nor failed, when it is interrupted', async () => {
    const interrupt = new AbortController();
    let reason: unknown;
    const running = run(
      (_message, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
        }),
      { interrupt },
    );
    interrupt.abort(new Error('moved'));
    expect(await running).to.deep.equal({ kind: 'interrupted' });
    expect(reason).to.be.instanceOf(Error).with.property('message', 'moved');
    expect(await run(async () => undefined, { interrupt }), 'nor is it begun').to.deep.equal({
      kind: 'interrupted',
    });
  });
});

describe('backoff', () => {
  it('R1: doubles from failure to failure up to its limit', () => {
    const backoff = { initialMs: 200, maxMs: 5_000, jitter: 0 };
    const delays = [1, 2, 3, 4, 5, 6, 1_000].map((failures) => delayAfter(failures, backoff));
    expect(delays).to.deep.equal([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('jitter stays within its part of the delay, and below the limit', () => {
    const backoff = { initialMs: 1_000, maxMs: 2_000, jitter: 0.2 };
    expect(delayAfter(1, backoff, () => 0)).to.equal(800);
    expect(delayAfter(1, backoff, () => 1)).to.equal(1_200);
    expect(delayAfter(9, backoff, () => 1)).to.equal(2_000);
  });
});
