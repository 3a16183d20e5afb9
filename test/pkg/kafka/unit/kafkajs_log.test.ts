import { expect } from 'chai';
import kafkajs, { type LogEntry } from 'kafkajs';
import { logCreator } from '../../../../pkg/kafka/kafkajs/log.js';
import { AccessReport } from '../../../../pkg/kafka/security/access_report.js';
import type { Logger } from '../../../../pkg/logger/index.js';
import { LogBook } from '../../../support/log.js';

const { ERROR } = kafkajs.logLevel;

describe('kafkajs: its log', () => {
  let log: LogBook;
  let write: (entry: LogEntry) => void;

  beforeEach(() => {
    log = new LogBook();
    const logger: Logger = Object.assign(log, { child: () => logger });
    const access = new AccessReport(log);
    access.connected();
    write = logCreator(logger, access)(ERROR);
  });

  /** kafkajs's types promise a text, which it does not keep to. */
  const logged = (message: unknown, fields: object = {}): void => {
    const entry = { timestamp: '', logger: 'kafkajs', message, ...fields };
    write({ namespace: 'BrokerPool', level: ERROR, label: 'ERROR', log: entry as LogEntry['log'] });
  };

  it('an error that kafkajs logs instead of a text is told by its message, with the fields beside it', () => {
    logged(new Error('the real cause'), { broker: 'a:9092' });
    expect(log.at('error')).to.deep.equal(['the real cause']);
    expect(log.lines[0]?.fields).to.deep.equal({ namespace: 'BrokerPool', broker: 'a:9092' });
  });

  it('an error by which brokers keep this client out is told with its mend', () => {
    logged(new Error('SASL PLAIN authentication failed: Invalid username or password'), { retryCount: 0 });
    expect(log.lines).to.have.length(1);
    expect(log.at('error')[0]).to.match(/^Kafka: .*user name and password.*: check them/);
  });

  it('whatever kafkajs logs, nothing is thrown back into it', () => {
    for (const message of [undefined, null, 7, Object.create(null), new Error()]) logged(message);
    expect(log.lines).to.have.length(5);
  });

  it('what this package brings about or reports itself is left out', () => {
    logged('Connection error: this client was closed');
    logged('Crash: KafkaJSError: x');
    expect(log.lines).to.deep.equal([]);
  });
});
