import { expect } from 'chai';
import { loadConfig } from '../../../config/config.js';
import { securityOf } from '../../../internal/app/kafka_security.js';
import { type Logger } from '../../../pkg/logger/index.js';
import { LogBook } from '../../support/log.js';

describe('brokers on other machines without encryption', () => {
  const production = {
    APP_ENV: 'production',
    HTTP_CONTROL_TOKEN: 'x'.repeat(32),
    KAFKA_BROKERS: 'localhost:9092,kafka-1:9092',
  };
  /** The warnings at start with these settings. */
  const warningsWith = (settings: Record<string, string>): string[] => {
    const log = new LogBook();
    const logger: Logger = Object.assign(log, { child: () => logger });
    securityOf(loadConfig({ env: { ...production, ...settings } }), logger);
    return log.at('warn');
  };

  it('are warned of in production, with what to set', () => {
    const warnings = warningsWith({});
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^Kafka: messages to and from kafka-1:9092 go in clear text.*KAFKA_SSL_ENABLED=true/,
    );
  });

  it('are not where somebody said so, where they are encrypted, on this machine, or in development', () => {
    expect(warningsWith({ KAFKA_SSL_ENABLED: 'false' })).to.deep.equal([]);
    expect(warningsWith({ KAFKA_SSL_ENABLED: 'true' })).to.deep.equal([]);
    expect(warningsWith({ KAFKA_SSL_SERVER_NAME: 'kafka' })).to.deep.equal([]);
    expect(warningsWith({ KAFKA_BROKERS: '127.0.0.1:9092' })).to.deep.equal([]);
    expect(warningsWith({ APP_ENV: 'development' })).to.deep.equal([]);
  });
});
