import { expect } from 'chai';
import { loadConfig } from '../../config/config.js';
import { problemsOf } from './support.js';

describe('config: the embedded broker', () => {
  it('is used where nothing else is said', () => {
    expect(loadConfig({ env: {} }).KAFKA.BROKERS).to.deep.equal(['embedded']);
  });

  it('stands alone, not beside addresses', () => {
    expect(loadConfig({ env: { KAFKA_BROKERS: 'embedded' } }).KAFKA.BROKERS).to.deep.equal(['embedded']);
    const faults = problemsOf({ env: { KAFKA_BROKERS: 'embedded,kafka:9092' } }).map(({ what }) => what);
    expect(faults).to.deep.equal(['the list mixes "embedded" with addresses; it stands alone']);
  });

  it('has no TLS to switch on', () => {
    const paths = problemsOf({ env: { KAFKA_SSL_ENABLED: 'true' } }).map(({ path }) => path);
    expect(paths).to.deep.equal(['KAFKA.SSL.ENABLED']);
  });

  it('is refused in production', () => {
    const env = { APP_ENV: 'production', HTTP_CONTROL_TOKEN: 'x'.repeat(32) };
    expect(problemsOf({ env }).map(({ path }) => path)).to.deep.equal(['KAFKA.BROKERS']);
  });
});
