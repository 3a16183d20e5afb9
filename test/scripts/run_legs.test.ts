import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { CannotRunError, type Leg } from '../../scripts/legs/leg.js';
import { closingLine, runLegs, type RunLegsOptions } from '../../scripts/legs/run_legs.js';
import { projectRoot } from '../../config/project_root.js';

const MOCHA = join(projectRoot(), 'node_modules', 'mocha', 'bin', 'mocha.js');
const REPORTER = join(import.meta.dirname, '..', '..', 'scripts', 'legs', 'counting_reporter.js');

const program = (name: string, code: string): Leg => ({ name, args: ['-e', code], counts: 'exit' });

describe('test legs', () => {
  let folder: string;
  let lines: string[];
  let options: RunLegsOptions;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'legs-test-'));
    lines = [];
    options = {
      ci: false,
      cwd: folder,
      env: { ...process.env },
      print: (line) => lines.push(line),
      output: 'ignore',
    };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const mocha = async (name: string, code: string): Promise<Leg> => {
    await writeFile(join(folder, `${name}.test.cjs`), code);
    return { name, args: [MOCHA, '--reporter', REPORTER, `${name}.test.cjs`], counts: 'tests' };
  };

  it('sums the tests of its Mocha legs, counts every other leg as one, and ends with what failed', async () => {
    const tests = await mocha(
      'tests',
      `it('a', () => {}); it('b', () => {}); describe('d', () => { it('c', () => { throw new Error('no\\nmore'); }); });`,
    );

    const counts = await runLegs([program('fine', ''), tests, program('bad', 'process.exit(3)')], options);

    expect(counts).to.deep.equal({ passed: 3, failed: 2 });
    expect(closingLine(counts)).to.equal('3 passed, 2 failed');
    expect(lines.slice(-2)).to.deep.equal(['FAILED tests: d: c: no', 'FAILED bad: ended with status 3']);
  });

  it('names what passed at the second attempt only', async () => {
    const code = `let runs = 0; it('a', () => { if (++runs < 2) throw new Error('not yet'); });`;
    const leg = await mocha('flaky', code);

    const counts = await runLegs([{ ...leg, args: [...leg.args, '--retries', '1'] }], options);

    expect(counts).to.deep.equal({ passed: 1, failed: 0 });
    expect(lines.at(-1)).to.equal('FLAKY flaky: a: not yet');
  });

  it('counts a Mocha leg that dies before the end of its run as a failure', async () => {
    const leg = await mocha('dies', `it('a', () => {}); it('b', () => { process.exit(0); });`);

    expect(await runLegs([leg], options)).to.deep.equal({ passed: 0, failed: 1 });
    expect(lines.at(-1)).to.contain('broke off before its tests were counted');
  });

  it('counts a Mocha leg whose files cannot be loaded as a failure', async () => {
    const leg = await mocha('broken', `throw new Error('no');`);

    expect(await runLegs([leg], options)).to.deep.equal({ passed: 0, failed: 1 });
  });

  it('counts a Mocha leg without a test as a failure', async () => {
    const leg = await mocha('empty', `describe('nothing', () => {});`);

    expect(await runLegs([leg], options)).to.deep.equal({ passed: 0, failed: 1 });
    expect(lines.at(-1)).to.contain('ran no test');
  });

  it('counts a failure where no test failed but the run did', async () => {
    const leg = await mocha('late', `it('a', () => {}); process.on('exit', () => process.exit(7));`);

    expect(await runLegs([leg], options)).to.deep.equal({ passed: 1, failed: 1 });
    expect(lines.at(-1)).to.contain('ended with status 7');
  });

  it('does not run a leg whose needed leg failed, and counts it as failed', async () => {
    const mark = join(folder, 'mark');
    const second = program('second', `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);

    const counts = await runLegs(
      [program('first', 'process.exit(1)'), { ...second, needs: 'first' }],
      options,
    );

    expect(counts).to.deep.equal({ passed: 0, failed: 2 });
    expect(await access(mark).catch(() => 'absent')).to.equal('absent');
  });

  describe('that cannot run on this machine', () => {
    const leg: Leg = {
      ...program('elsewhere', ''),
      prepare: () => Promise.reject(new CannotRunError('there is no Java')),
    };

    it('says so and why, and counts nothing', async () => {
      expect(await runLegs([leg], options)).to.deep.equal({ passed: 0, failed: 0 });
      expect(lines.at(-1)).to.contain('elsewhere').and.to.contain('cannot run here: there is no Java');
    });

    it('has failed in CI', async () => {
      expect(await runLegs([leg], { ...options, ci: true })).to.deep.equal({ passed: 0, failed: 1 });
      expect(lines.at(-1)).to.contain('cannot run here: there is no Java');
    });
  });

  it('counts a leg as failed, in CI or not, where preparing it fails in another way', async () => {
    const leg = { ...program('a', ''), prepare: () => Promise.reject(new Error('port taken')) };

    expect(await runLegs([leg], options)).to.deep.equal({ passed: 0, failed: 1 });
  });

  it('gives the program what was prepared, and gives that back although the leg failed', async () => {
    const release = sinon.stub().resolves();
    const code = `process.exit(process.env.GIVEN === 'yes' && !('TAKEN' in process.env) ? 5 : 6)`;
    const prepare = () => Promise.resolve({ env: { GIVEN: 'yes', TAKEN: undefined }, release });

    await runLegs([{ ...program('a', code), prepare }], { ...options, env: { ...process.env, TAKEN: 'x' } });

    expect(lines.at(-1)).to.contain('status 5');
    sinon.assert.calledOnce(release);
  });

  describe('at once', () => {
    /** A leg that ends when so many legs run at the same time, and which counts them. */
    const together = { running: 0, most: 0 };
    const overlapping = (name: string, more: Partial<Leg> = {}): Leg => ({
      ...program(name, 'setTimeout(() => {}, 50)'),
      prepare: () => {
        together.running += 1;
        together.most = Math.max(together.most, together.running);
        return Promise.resolve({
          release: () => {
            together.running -= 1;
            return Promise.resolve();
          },
        });
      },
      ...more,
    });

    beforeEach(() => Object.assign(together, { running: 0, most: 0 }));

    it('run as many as allowed', async () => {
      const legs = ['a', 'b', 'c'].map((name) => overlapping(name));
      expect(await runLegs(legs, { ...options, atOnce: 2 })).to.deep.equal({ passed: 3, failed: 0 });
      expect(together.most).to.equal(2);
    });

    it('run neither a leg beside the one that it needs, nor one beside another that wants to be alone', async () => {
      const legs = [
        overlapping('needed'),
        overlapping('needs it', { needs: 'needed' }),
        overlapping('alone', { alone: true }),
        overlapping('last', { needs: 'alone' }),
      ];
      expect(await runLegs(legs, { ...options, atOnce: 4 })).to.deep.equal({ passed: 4, failed: 0 });
      expect(together.most).to.equal(1);
    });

    it('print what they wrote in one piece, before how they ended', async () => {
      const talks = program('talks', `console.log('one'); console.log('two')`);
      const others = Array.from({ length: 6 }, (_, i) => program(`other ${i}`, ''));
      delete options.output;
      await runLegs([...others, talks, ...others], { ...options, atOnce: 4 });
      const written = lines.indexOf('one\ntwo\n');
      expect(written).to.be.greaterThan(-1);
      expect(lines[written + 1]).to.match(/^-- talks: 1 passed/);
    });
  });

  it('ends a leg that takes too long', async () => {
    const leg = { ...program('slow', 'setInterval(() => {}, 1000)'), timeoutMs: 100 };

    expect(await runLegs([leg], options)).to.deep.equal({ passed: 0, failed: 1 });
    expect(lines.at(-1)).to.contain('did not end within 0.1 s');
  });

  it('leaves no program that an interrupted leg started, also where it will not be interrupted', async () => {
    const interrupt = new AbortController();
    const server = createServer(() => {
      interrupt.abort();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const { port } = server.address() as AddressInfo;
    const started = `require('node:net').connect(${port}, '127.0.0.1')`;
    const leg = program(
      'stubborn',
      `process.on('SIGINT', () => {});
       require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(started)}]);`,
    );

    const counts = await runLegs([leg], { ...options, signal: interrupt.signal, graceMs: 50 });

    expect(counts).to.deep.equal({ passed: 0, failed: 1 });
    const [socket] = await connected;
    // The other end goes with its process.
    if (!socket.destroyed) await once(socket.on('error', () => undefined).resume(), 'close');
    server.close();
  });

  it('stops the running leg when interrupted, and starts no further one', async () => {
    const interrupt = new AbortController();
    const running = {
      ...program('running', 'setInterval(() => {}, 1000)'),
      prepare: () => {
        setImmediate(() => {
          interrupt.abort();
        });
        return Promise.resolve({});
      },
    };

    const counts = await runLegs([running, program('next', '')], { ...options, signal: interrupt.signal });

    expect(counts).to.deep.equal({ passed: 0, failed: 1 });
    expect(lines).to.satisfy((all: string[]) => all.every((line) => !line.includes('next')));
    expect(lines.at(-1)).to.contain('was interrupted');
  });
});
