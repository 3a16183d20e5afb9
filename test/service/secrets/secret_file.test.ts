import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../config/config.js';
import { securityOf } from '../../../internal/app/kafka_security.js';
import { type Logger, redactText } from '../../../pkg/logger/index.js';
import { LogBook } from '../../support/log.js';
import { temporaryFolder } from '../../support/program.js';

describe('the password for the brokers, from a file', () => {
  const env = {
    KAFKA_BROKERS: 'kafka-1:9092',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'alice',
  };
  let folder: string;
  let file: string;
  let log: LogBook;

  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, 'password');
    log = new LogBook();
    writeFileSync(file, 'the first one\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** What gives the password for each connection. */
  const passwordBy = (settings: Record<string, string>): (() => string) => {
    const logger: Logger = Object.assign(log, { child: () => logger });
    const { sasl } = securityOf(loadConfig({ env: { ...env, ...settings } }), logger);
    if (sasl === undefined || !('password' in sasl)) return expect.fail('there is no password');
    const { password } = sasl;
    return typeof password === 'string' ? () => password : password;
  };

  it('is the new one once the file was replaced, and is kept out of the log', () => {
    const password = passwordBy({ KAFKA_SASL_PASSWORD_FILE: file });
    expect(password()).to.equal('the first one');
    writeFileSync(file, 'the-replaced-one\r\n');
    expect(password()).to.equal('the-replaced-one');
    expect(redactText('it was the-replaced-one')).to.not.include('the-replaced-one');
    expect(log.at('warn')).to.deep.equal([]);
  });

  it('stays the former one while the file is missing or empty, which is told once until it is mended', () => {
    const password = passwordBy({ KAFKA_SASL_PASSWORD_FILE: file });
    rmSync(file);
    expect([password(), password()]).to.deep.equal(['the first one', 'the first one']);
    writeFileSync(file, '\n');
    expect(password()).to.equal('the first one');
    expect(log.at('warn')).to.have.length(1);
    writeFileSync(file, 'the second one');
    expect(password()).to.equal('the second one');
    rmSync(file);
    expect(password()).to.equal('the second one');
    expect(log.at('warn')).to.have.length(2);
  });

  it('is what the environment says where that holds it itself', () => {
    const password = passwordBy({ KAFKA_SASL_PASSWORD: 'wonderland' });
    expect(password()).to.equal('wonderland');
  });
});
