import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../config/config.js';
import { ConfigError } from '../../pkg/config/index.js';
import { ExitCode } from '../../pkg/program/index.js';
import { placesOf, problemsOf, withConfigFolder } from './support.js';

const token = 'x'.repeat(32);
const production = { APP_ENV: 'production', KAFKA_BROKERS: 'kafka:9092', HTTP_CONTROL_TOKEN: token };

describe('config: problems', () => {
  it('lists all problems at once, each with its source and its mend', () => {
    const env = { HTTP_PORT: 'abc', KAFKA_CONTROL_PRODUCER_ENABLED: 'maybe', KAFKA_BROKER: 'x:1' };
    expect(problemsOf({ env })).to.deep.equal([
      {
        path: 'KAFKA_BROKER',
        source: 'env KAFKA_BROKER',
        what: 'is no key of the configuration',
        mend: 'did you mean KAFKA_BROKERS?',
      },
      {
        path: 'HTTP.PORT',
        source: 'env HTTP_PORT',
        what: '"abc" is not a whole number from 0 to 65535',
        mend: 'set HTTP_PORT to a whole number from 0 to 65535, for example 8080',
      },
      {
        path: 'KAFKA.CONTROL.PRODUCER_ENABLED',
        source: 'env KAFKA_CONTROL_PRODUCER_ENABLED',
        what: '"maybe" is not true or false',
        mend: 'set KAFKA_CONTROL_PRODUCER_ENABLED to true or false, for example true',
      },
    ]);
  });

  it('stops a program with exit code 78 and the list on stderr', () => {
    const module = path.resolve('dist/config/config.js');
    const code = `import { loadConfigOrExit } from ${JSON.stringify(module)};
      loadConfigOrExit();
      console.log('started');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { HTTP_PORT: 'abc', KAFKA_CONTROL_PRODUCER_ENABLED: 'maybe', KAFKA_BROKER: 'x:1' },
      encoding: 'utf8',
    });
    expect(run.status).to.equal(78).and.to.equal(ExitCode.CONFIG);
    expect(run.stdout).to.equal('');
    expect(run.stderr).to.match(/^The configuration has 3 problems:\n {2}1\. .*\n {2}2\. .*\n {2}3\. .*\n$/);
    expect(run.stderr).to.contain('KAFKA_BROKER (env KAFKA_BROKER): is no key of the configuration.');
  });

  it('reads booleans and numbers strictly', () => {
    for (const text of ['yes', 'TRUE', '1', '', ' true']) {
      expect(placesOf({ env: { SWAGGER_ENABLED: text } }), text).to.deep.equal([
        'SWAGGER.ENABLED (env SWAGGER_ENABLED)',
      ]);
    }
    for (const text of ['', ' 80', '8e3', '0x50', '80.5', '-1', '65536', 'NaN']) {
      expect(placesOf({ env: { HTTP_PORT: text } }), text).to.deep.equal(['HTTP.PORT (env HTTP_PORT)']);
    }
  });

  it('names file and line of what is wrong in YAML', () => {
    const text = ['HTTP:', '  PORT: "80"', '  PROT: 80', 'kafka:', '  BROKERS: []', 'LOG: loud'].join('\n');
    withConfigFolder({ 'config.yaml': text }, (dir) => {
      const file = `${path.basename(dir)}/config.yaml`;
      const problems = problemsOf({ dir, env: {} });
      expect(problems.map(({ path: key, source, mend }) => ({ key, source, mend }))).to.deep.equal([
        { key: 'HTTP.PROT', source: `${file}:3`, mend: 'did you mean HTTP.PORT?' },
        { key: 'kafka', source: `${file}:4`, mend: 'did you mean KAFKA?' },
        { key: 'LOG', source: `${file}:6`, mend: 'write its keys below it, indented' },
        {
          key: 'HTTP.PORT',
          source: `${file}:2`,
          mend: 'set HTTP.PORT to a whole number from 0 to 65535, for example 8080',
        },
      ]);
    });
  });

  it('refuses YAML that does not parse, or has a key twice', () => {
    for (const text of ['HTTP: [1', 'HTTP:\n  PORT: 1\n  PORT: 2']) {
      withConfigFolder({ 'config.yaml': text }, (dir) => {
        const [problem] = problemsOf({ dir, env: {} });
        expect(problem?.what).to.match(/^is not valid YAML: /);
      });
    }
  });

  it('asks for quotes where YAML reads a text as a number', () => {
    withConfigFolder({ 'config.yaml': 'APP: { VERSION: 1.0 }' }, (dir) => {
      expect(problemsOf({ dir, env: {} })[0]?.mend).to.equal('put the value in quotes');
    });
  });

  it('refuses unknown flags, and secrets where others can read them', () => {
    expect(problemsOf({ env: {}, flags: { 'KAFKA.BROKER': 'a:1' } })[0]?.mend).to.equal(
      'did you mean KAFKA.BROKERS?',
    );
    expect(placesOf({ env: {}, flags: { 'HTTP.CONTROL_TOKEN': token } })).to.deep.equal([
      'HTTP.CONTROL_TOKEN (flag HTTP.CONTROL_TOKEN)',
    ]);
    withConfigFolder({ 'config.yaml': `HTTP: { CONTROL_TOKEN: ${token} }` }, (dir) => {
      expect(problemsOf({ dir, env: {} })[0]?.what).to.equal(
        'is a secret and must not stand in a configuration file',
      );
    });
  });

  it('refuses a secret that is set twice, or whose file cannot be read', () => {
    const twice = { HTTP_CONTROL_TOKEN: token, HTTP_CONTROL_TOKEN_FILE: '/nowhere' };
    expect(problemsOf({ env: twice })[0]?.what).to.equal(
      'is set twice, by HTTP_CONTROL_TOKEN and by HTTP_CONTROL_TOKEN_FILE',
    );
    expect(problemsOf({ env: { HTTP_CONTROL_TOKEN_FILE: '/nowhere' } })[0]?.what).to.equal(
      'names the file "/nowhere", which cannot be read (ENOENT)',
    );
  });

  it('reads files for secrets only', () => {
    const [problem] = problemsOf({ env: { KAFKA_BROKERS_FILE: '/brokers' } });
    expect(problem?.what).to.equal('is no key; only secrets are read from files');
  });

  it('never prints a secret, nor the user part of an address', () => {
    const env = { HTTP_CONTROL_TOKEN: 'hunter2', KAFKA_BROKERS: 'sasl://me:hunter2@kafka:9092' };
    expect(() => loadConfig({ env }))
      .to.throw(ConfigError)
      .with.property('message')
      .that.does.not.contain('hunter2');
  });

  it('refuses in production a missing control token and a short one', () => {
    const without = { ...production, HTTP_CONTROL_TOKEN: undefined };
    expect(problemsOf({ env: without }).map((problem) => problem.path)).to.deep.equal(['HTTP.CONTROL_TOKEN']);
    expect(placesOf({ env: { ...production, HTTP_CONTROL_TOKEN: 'x'.repeat(31) } })).to.deep.equal([
      'HTTP.CONTROL_TOKEN (env HTTP_CONTROL_TOKEN)',
    ]);
    expect(loadConfig({ env: production }).APP.ENV).to.equal('production');
  });

  it('refuses a control token that no request can send', () => {
    for (const wrong of [`${token}\n${token}`, `${token} ${token}`, `${token}\u00e9`, `${token}\u0000`]) {
      const [problem, ...others] = problemsOf({ env: { HTTP_CONTROL_TOKEN: wrong } });
      expect(others).to.be.empty;
      expect(problem?.path).to.equal('HTTP.CONTROL_TOKEN');
      expect(problem?.mend).to.match(/32 to 4096 .*ASCII.* without blanks/);
      expect(JSON.stringify(problem)).not.to.contain(token);
    }
  });

  it('refuses times that do not go together, naming both', () => {
    const env = {
      HTTP_DRAIN_DELAY: '3000',
      HTTP_SHUTDOWN_TIMEOUT: '3000',
      HTTP_WRITE_TIMEOUT: '5000',
    };
    const problems = problemsOf({ env });
    expect(problems.map((problem) => `${problem.path}: ${problem.what.split(':')[0]}`)).to.deep.equal([
      'HTTP.SHUTDOWN_TIMEOUT: 3000 is not more than HTTP.DRAIN_DELAY (3000), which is a part of it',
      'HTTP.WRITE_TIMEOUT: 5000 is not more than HTTP.PUBLISH_TIMEOUT (5000)',
      'HTTP.WRITE_TIMEOUT: 5000 is not more than 3 times HTTP.KAFKA_TIMEOUT (10000)',
    ]);
    const { HTTP } = loadConfig({ env: { HTTP_DRAIN_DELAY: '3000', HTTP_SHUTDOWN_TIMEOUT: '3001' } });
    expect(HTTP.SHUTDOWN_TIMEOUT).to.equal(3001);
  });

  it('names a time that is wrong by itself once', () => {
    expect(placesOf({ env: { HTTP_SHUTDOWN_TIMEOUT: 'soon', HTTP_DRAIN_DELAY: '3000' } })).to.deep.equal([
      'HTTP.SHUTDOWN_TIMEOUT (env HTTP_SHUTDOWN_TIMEOUT)',
    ]);
  });

  it('leaves Docker its 10 s: a stop takes less by default', () => {
    for (const env of [{}, production]) {
      const { DRAIN_DELAY, SHUTDOWN_TIMEOUT } = loadConfig({ env }).HTTP;
      expect(SHUTDOWN_TIMEOUT).to.be.lessThan(10_000).and.greaterThan(DRAIN_DELAY);
    }
  });

  it('refuses an unknown environment, and never makes a file name of it', () => {
    expect(placesOf({ env: { APP_ENV: 'prod' } })).to.deep.equal(['APP.ENV (env APP_ENV)']);
    expect(placesOf({ env: { APP_ENV: '/../secrets' } })).to.deep.equal(['APP.ENV (env APP_ENV)']);
  });

  it('refuses a folder that does not exist', () => {
    expect(placesOf({ env: {}, dir: '/nowhere' })).to.deep.equal(['/nowhere (dir)']);
  });
});
