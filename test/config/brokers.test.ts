import { expect } from 'chai';
import { problemsOf } from './support.js';

const faultsOf = (brokers: string): string[] =>
  problemsOf({ env: { KAFKA_BROKERS: brokers } }).map((problem) => problem.what);

describe('config: KAFKA.BROKERS', () => {
  it('refuses an IPv6 literal and says why', () => {
    for (const address of ['[::1]:9092', '::1:9092', 'fe80::1']) {
      expect(faultsOf(address)[0], address).to.contain(
        'is an IPv6 literal, which the Kafka client cannot parse',
      );
    }
  });

  const wrong: Readonly<Record<string, RegExp>> = {
    '': /list is empty/,
    kafka: /has no port/,
    ':9092': /no valid host name/,
    'kafka:': /no port from 1 to 65535/,
    'kafka:0': /no port from 1 to 65535/,
    'kafka:65536': /no port from 1 to 65535/,
    'kafka:90a2': /no port from 1 to 65535/,
    'ka fka:9092': /no valid host name/,
    'kafka:9092,': /empty address/,
    'PLAINTEXT://kafka:9092': /has a scheme/,
  };
  for (const [brokers, fault] of Object.entries(wrong)) {
    it(`refuses "${brokers}"`, () => {
      expect(faultsOf(brokers)).to.have.length(1);
      expect(faultsOf(brokers)[0]).to.match(fault);
    });
  }

  it('reports every wrong address of a list', () => {
    expect(faultsOf('a:1,b:0,c')).to.have.length(2);
  });
});
