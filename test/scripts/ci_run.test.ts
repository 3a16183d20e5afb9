import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../../scripts/run_command.js';

describe('.ci/run', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ci-test-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs it with a make that does what the shell lines for each target say. */
  const run = async (targets: Readonly<Record<string, string>>, ...args: string[]) => {
    const cases = Object.entries(targets).map(([target, lines]) => `${target}) ${lines} ;;`);
    const make = join(folder, 'make');
    await writeFile(make, `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\nesac\n`);
    await chmod(make, 0o755);
    // There, so that nothing is installed.
    for (const tool of ['kcat', 'chromium']) {
      await writeFile(join(folder, tool), '#!/bin/sh\n', { mode: 0o755 });
    }
    const env = { ...process.env, PATH: [folder, process.env['PATH']].join(delimiter) };
    const result = await runCommand(join(projectRoot(), '.ci', 'run'), args, { env });
    return { status: result?.status, lines: result?.output.trimEnd().split('\n') ?? [] };
  };

  it('sums the closing lines of its commands, and passes where all passed', async () => {
    const makefile = await readFile(join(projectRoot(), 'Makefile'), 'utf8');
    const known = [
      'test',
      'test-kafka',
      'test-browser',
      'test-node',
      'test-faults',
      'verify-broker',
      'test-template',
      'test-docs',
    ];
    // Some are not there in a service that was made from this one.
    const here = known.filter((target) => new RegExp(`^${target}:`, 'm').test(makefile));
    const targets = Object.fromEntries(
      here.map((target) => [target, `echo hello; echo '3 passed, 0 failed'`]),
    );
    const { status, lines } = await run(targets);

    expect(here).to.include.members(['test', 'test-kafka', 'test-node']);
    expect(lines.at(-1)).to.equal(`${3 * here.length} passed, 0 failed`);
    expect(status).to.equal(0);
  });

  it('runs all commands although the first fails, and fails with what failed at the end', async () => {
    const { status, lines } = await run(
      {
        one: `echo 'FLAKY unit: b: once'; echo 'FAILED unit: a: no'; echo '3 passed, 2 failed'; echo 'make: *** Error 1'; exit 2`,
        two: `echo '5 passed, 0 failed'`,
      },
      'one',
      'two',
    );

    expect(lines.slice(-3)).to.deep.equal([
      'FLAKY unit: b: once',
      'FAILED unit: a: no',
      '8 passed, 2 failed',
    ]);
    expect(status).to.equal(1);
  });

  it('counts a command without a closing line as a failure, also where it ended well', async () => {
    const { status, lines } = await run(
      { one: 'echo nothing', two: `echo '1 passed, 0 failed'` },
      'one',
      'two',
    );

    expect(lines.at(-1)).to.equal('1 passed, 1 failed');
    expect(lines.at(-2)).to.contain('one printed no closing line');
    expect(status).to.equal(1);
  });

  it('counts a command that failed without counting a failure as a failure', async () => {
    const { status, lines } = await run({ one: `echo '1 passed, 0 failed'; exit 2` }, 'one');

    expect(lines.at(-1)).to.equal('1 passed, 1 failed');
    expect(status).to.equal(1);
  });

  it('tells the commands that they run in CI', async () => {
    const { lines } = await run({ one: `echo "CI is $CI"; echo '1 passed, 0 failed'` }, 'one');

    expect(lines).to.include('CI is true');
  });
});
