import { expect } from 'chai';
import fc from 'fast-check';
import { redact } from '../../../pkg/logger/index.js';
import { logged } from './support.js';

const REDACTED = '[redacted]';

describe('logger: secrets', () => {
  it('redacts fields by name: in any case and spelling, at any depth, in maps and errors', async () => {
    const secretNames = [
      'password',
      'PASSWORD',
      'saslPassword',
      'client_secret',
      'accessToken',
      'X-Api-Key',
      'Authorization',
      'set-cookie',
      'private_key',
      'credentials',
      'auth',
    ];
    for (const name of secretNames) {
      const text = await logged({}, (logger) => {
        const leaf = { [name]: 'hunter2' };
        logger.child(leaf).info('m', { leaf, list: [leaf], map: new Map([[name, 'hunter2']]) });
        logger.info('m', { error: Object.assign(new Error('e'), { config: leaf }) });
      });
      expect(text, name).to.contain(REDACTED).and.not.contain('hunter2');
    }
  });

  it('leaves alone what only looks alike, and whether a secret is there', async () => {
    const text = await logged({}, (logger) => {
      logger.info('m', { author: 'a', passed: 3, key: 'k', hasToken: true, password: null });
    });
    expect(text).to.contain('"author":"a","passed":3,"key":"k","hasToken":true,"password":null');
  });

  it('redacts a registered value wherever it stands, until it is forgotten', async () => {
    const secret = 'zq/x "7&';
    const forget = redact(secret);
    const use = (logger: Parameters<Parameters<typeof logged>[1]>[0]): void => {
      logger.info(`got ${secret}`, {
        plain: secret,
        [`key ${secret}`]: 1,
        url: `http://host/?q=${encodeURIComponent(secret)}`,
        error: new Error(`bad ${secret}`, { cause: secret }),
      });
    };
    const text = await logged({}, use);
    expect(text.split(REDACTED)).to.have.length(7);
    expect(text).to.not.contain('zq/x').and.not.contain('zq%2Fx');
    forget();
    expect(await logged({}, use)).to.contain('got zq/x');
  });

  it('leaves no part of a registered value behind, wherever a long text is cut', async () => {
    const secret = 'QWERTZUIOPASDFGH';
    const forget = redact(secret);
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(9000), { minLength: 1, maxLength: 20 }), async (gaps) => {
          const value = gaps.map((gap) => '.'.repeat(gap) + secret).join('');
          const text = await logged({}, (logger) => {
            logger.info(value, { value, list: [value, value] });
          });
          expect(text).to.not.contain('QWE');
        }),
        { numRuns: 50 },
      );
    } finally {
      forget();
    }
  });

  it('refuses to register a value that would blank out ordinary words', () => {
    expect(() => redact('')).to.throw(RangeError);
    expect(() => redact('abc')).to.throw(RangeError);
  });

  it('takes passwords out of URLs and credentials out of Authorization values', async () => {
    const text = await logged({}, (logger) => {
      logger.info('postgres://app:hunter2@db:5432/x', {
        header: 'authorization: bearer aGVsbG8uaHVudGVyMg==',
      });
    });
    expect(text).to.contain('postgres://app:[redacted]@db:5432/x').and.to.contain('bearer [redacted]');
    expect(text).to.not.contain('hunter2').and.not.contain('aGVsbG8');
  });
});
