import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import {
  ConfigError,
  type ConfigProblem,
  effectiveSettings,
  group,
  loadSettings,
  type LoadSettingsOptions,
  secretsOf,
} from '../../../pkg/config/index.js';

const schema = group({
  RUN: group({ MODE: z.enum(['development', 'production']).default('development') }),
  MAIL: group({
    HOST: z.string().min(1).max(50).default('localhost').meta({ production: 'mail' }),
    PORT: z.int().min(1).max(65535).default(25).describe('Port.'),
    PASSWORD: z.string().min(3).max(50).optional().meta({ secret: true }),
  }),
});

describe('settings of any schema', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'settings-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const save = (name: string, text: string): void => {
    writeFileSync(path.join(dir, name), text);
  };
  const load = (options: Partial<LoadSettingsOptions> = {}) =>
    loadSettings(schema, { dir, env: {}, mode: 'RUN.MODE', ...options });
  const problemsOf = (options: Partial<LoadSettingsOptions>): readonly ConfigProblem[] => {
    try {
      load(options);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  it('come from the schema, then defaults, file, file of the mode, environment, flags: the later wins', () => {
    const port = () => {
      const { config, sources } = load(given);
      return [config.MAIL.PORT, sources.get('MAIL.PORT')];
    };
    let given: Partial<LoadSettingsOptions> = {};
    const folder = path.basename(dir);
    expect(port()).to.deep.equal([25, 'default']);
    given = { defaults: new Map([['MAIL.PORT', { value: 26, source: 'elsewhere' }]]) };
    expect(port()).to.deep.equal([26, 'elsewhere']);
    save('config.yaml', 'MAIL:\n  PORT: 27');
    expect(port()).to.deep.equal([27, `${folder}/config.yaml:2`]);
    save('config.development.yaml', 'MAIL:\n\n  PORT: 28');
    expect(port()).to.deep.equal([28, `${folder}/config.development.yaml:3`]);
    given = { ...given, env: { MAIL_PORT: '29' } };
    expect(port()).to.deep.equal([29, 'env MAIL_PORT']);
    given = { ...given, flags: { 'MAIL.PORT': '30' } };
    expect(port()).to.deep.equal([30, 'flag MAIL.PORT']);
  });

  it('have in production the defaults that the schema marks for it', () => {
    const { config, sources } = load({ env: { RUN_MODE: 'production' } });
    expect([config.MAIL.HOST, sources.get('MAIL.HOST')]).to.deep.equal(['mail', 'default in production']);
    expect(load().config.MAIL.HOST).to.equal('localhost');
  });

  it('hand the rules what is valid, and tell what these find after all else', () => {
    const seen: unknown[] = [];
    const problem = { path: 'MAIL.HOST', source: 'a rule', what: 'is not ours', mend: 'ask' };
    const problems = problemsOf({
      env: { MAIL_PORT: 'x', RUN_MODE: 'production' },
      rules: [
        ({ values, mode, sourceOf }) => {
          seen.push(values.has('MAIL.PORT'), values.get('MAIL.HOST'), mode, sourceOf('MAIL.PORT'));
          return [problem];
        },
      ],
    });
    expect(seen).to.deep.equal([false, 'mail', 'production', 'env MAIL_PORT']);
    expect(problems.map((one) => one.path)).to.deep.equal(['MAIL.PORT', 'MAIL.HOST']);
  });

  it('show what counts, a secret only as set', () => {
    const loaded = load({ env: { MAIL_PASSWORD: 'hunter2' } });
    const shown = effectiveSettings(schema, loaded);
    expect(shown.map(({ key, env, value }) => [key, env, value])).to.deep.equal([
      ['RUN.MODE', 'RUN_MODE', 'development'],
      ['MAIL.HOST', 'MAIL_HOST', 'localhost'],
      ['MAIL.PORT', 'MAIL_PORT', 25],
      ['MAIL.PASSWORD', 'MAIL_PASSWORD', '(set, not shown)'],
    ]);
  });

  it('tell their secrets, so that they can be kept out of logs, but for those that are parts of words', () => {
    expect(secretsOf(schema, load({ env: { MAIL_PASSWORD: 'hunter2' } }).config)).to.deep.equal(['hunter2']);
    expect(secretsOf(schema, load({ env: { MAIL_PASSWORD: 'abc' } }).config)).to.deep.equal([]);
  });

  it('name a file that is there and cannot be read, among all else that is wrong', () => {
    mkdirSync(path.join(dir, 'config.yaml'));
    symlinkSync('config.development.yaml', path.join(dir, 'config.development.yaml'));
    const found = problemsOf({ env: { MAIL_PORT: 'none' } });
    const folder = path.basename(dir);
    const mend = 'make it a file that this program may read, or take it away';
    expect(found.slice(0, 2)).to.deep.equal(
      [
        ['config.yaml', 'EISDIR'],
        ['config.development.yaml', 'ELOOP'],
      ].map(([name = '', code]) => ({
        path: `${folder}/${name}`,
        source: path.join(dir, name),
        what: `cannot be read (${code})`,
        mend,
      })),
    );
    expect(found.slice(2).map(({ path: key }) => key)).to.deep.equal(['MAIL.PORT']);
  });

  it('refuse an unknown variable of a group they have, and leave other programs theirs', () => {
    const env = { MAIL_PROT: '1', MAIL_SERVICE_HOST: '10.0.0.1', OTHER: 'x' };
    expect(problemsOf({ env }).map(({ path: key, mend }) => [key, mend])).to.deep.equal([
      ['MAIL_PROT', 'did you mean MAIL_PORT?'],
    ]);
  });
});
