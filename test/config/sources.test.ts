import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { loadConfig, loadConfigWithSources } from '../../config/config.js';
import { problemsOf, withConfigFolder } from './support.js';

const token = 'x'.repeat(32);

describe('config: where values come from', () => {
  it('takes later sources over earlier ones: defaults, config.yaml, the environment file, env, flags', () => {
    const files = {
      'config.yaml': 'HTTP: { PORT: 1, HOST: base, SHUTDOWN_TIMEOUT: 11 }\nKAFKA: { CLIENT_ID: base }',
      'config.test.yaml': 'HTTP: { PORT: 2, HOST: file, SHUTDOWN_TIMEOUT: 12 }',
    };
    withConfigFolder(files, (dir) => {
      const env = { APP_ENV: 'test', HTTP_PORT: '3', HTTP_HOST: 'env' };
      const { config, sources } = loadConfigWithSources({ dir, env, flags: { 'HTTP.PORT': '4' } });
      expect(config.HTTP).to.deep.include({ PORT: 4, HOST: 'env', SHUTDOWN_TIMEOUT: 12 });
      expect(config.KAFKA.CLIENT_ID).to.equal('base');
      expect(config.KAFKA.GROUP_ID).to.equal(loadConfig({ env: {} }).KAFKA.GROUP_ID);
      const folder = path.basename(dir);
      expect(sources.get('HTTP.PORT')).to.equal('flag HTTP.PORT');
      expect(sources.get('HTTP.HOST')).to.equal('env HTTP_HOST');
      expect(sources.get('HTTP.SHUTDOWN_TIMEOUT')).to.equal(`${folder}/config.test.yaml:1`);
      expect(sources.get('KAFKA.CLIENT_ID')).to.equal(`${folder}/config.yaml:2`);
      expect(sources.get('KAFKA.GROUP_ID')).to.equal('default');
    });
  });

  it('reads numbers, booleans and comma-separated lists from the environment', () => {
    const env = {
      HTTP_PORT: '0',
      KAFKA_CONTROL_CONSUMER_ENABLED: 'false',
      KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9093',
    };
    const config = loadConfig({ env });
    expect(config.HTTP.PORT).to.equal(0);
    expect(config.KAFKA.CONTROL).to.deep.equal({ PRODUCER_ENABLED: true, CONSUMER_ENABLED: false });
    expect(config.KAFKA.BROKERS).to.deep.equal(['kafka-1:9092', 'kafka-2:9093']);
  });

  it('lets the flags choose the environment file', () => {
    withConfigFolder({ 'config.test.yaml': 'LOG: { LEVEL: error }' }, (dir) => {
      expect(loadConfig({ dir, env: {}, flags: { 'APP.ENV': 'test' } }).LOG.LEVEL).to.equal('error');
    });
  });

  it('refuses an environment file that claims to be another environment', () => {
    withConfigFolder({ 'config.test.yaml': 'APP: { ENV: production }' }, (dir) => {
      const [problem] = problemsOf({ dir, env: { APP_ENV: 'test' } });
      expect(problem?.what).to.equal(
        '"production" differs from the environment "test" that this file is for',
      );
    });
  });

  it('reads a secret from the file that <NAME>_FILE names, without its last newline', () => {
    withConfigFolder({}, (dir) => {
      const file = path.join(dir, 'token');
      writeFileSync(file, `${token}\n`);
      expect(loadConfig({ env: { HTTP_CONTROL_TOKEN_FILE: file } }).HTTP.CONTROL_TOKEN).to.equal(token);
    });
  });

  it('takes an empty variable of an optional key as not set', () => {
    expect(loadConfig({ env: { HTTP_CONTROL_TOKEN: '' } }).HTTP.CONTROL_TOKEN).to.equal(undefined);
  });

  it('takes the version from package.json until a deployment sets it', () => {
    expect(loadConfigWithSources({ env: {} }).sources.get('APP.VERSION')).to.equal('package.json');
    expect(loadConfig({ env: { APP_VERSION: '9.9.9' } }).APP.VERSION).to.equal('9.9.9');
  });

  it('has other defaults in production', () => {
    const env = { APP_ENV: 'production', KAFKA_BROKERS: 'kafka:9092', HTTP_CONTROL_TOKEN: token };
    const { config, sources } = loadConfigWithSources({ env });
    expect(config.HTTP.HOST).to.equal('0.0.0.0');
    expect(config.KAFKA.PROVISION).to.equal(false);
    expect(config.LOG.FORMAT).to.equal('json');
    expect(sources.get('KAFKA.PROVISION')).to.equal('default in production');
    expect(loadConfig({ env: { ...env, KAFKA_PROVISION: 'true' } }).KAFKA.PROVISION).to.equal(true);
  });

  it('freezes the configuration to its leaves', () => {
    const config = loadConfig({ env: {} });
    const frozen = [
      config,
      config.KAFKA,
      config.KAFKA.CONTROL,
      config.KAFKA.BROKERS,
      config.METRICS.SKIP_PATHS,
    ];
    for (const part of frozen) expect(Object.isFrozen(part)).to.equal(true);
    expect(() => Object.assign(config.KAFKA.CONTROL, { PRODUCER_ENABLED: false })).to.throw(TypeError);
  });
});
