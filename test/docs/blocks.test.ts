import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { freePorts } from '../../scripts/apache_kafka/ports.js';
import { spawnGuarded } from '../../scripts/guarded_spawn.js';
import { runCommand } from '../../scripts/run_command.js';
import { trackedFiles } from '../../scripts/template/git.js';
import { eventually } from '../support/eventually.js';
import { blocksOf, documents } from './documents.js';

const root = projectRoot();
const TIMEOUT_MS = 240_000;
const START_TIMEOUT_MS = 60_000;

const said = (mark: string, name: string) => new RegExp(`${name}: (\\S+)`).exec(mark)?.[1];
const isThere = (file: string) => existsSync(path.join(root, file));

/** Whether what a mark says of the project is so. */
function applies(mark: string): boolean {
  const made = said(mark, 'unless');
  if (made !== undefined && isThere(made)) return false;
  return said(mark, 'needs') !== 'brokers' || isThere('pkg/devbroker');
}

/**
 * Runs what the documents tell readers to run. A comment above a block says how:
 * - none: it must end, with status 0, or with the one that `exit: 78` names;
 * - `run: background`: it serves; the blocks after it run beside it, up to the end of the document or the next
 *   that is ready at the same place. It is up when the URL that `ready: <url>` names answers;
 * - `apply: <file>`, above a diff: the file is changed so, and must be as the diff expects it;
 * - `run: elsewhere`: another test or another machine runs it, and the document says which;
 * - `unless: <file>`, beside any of these: not where the project has that file, since what the block makes is
 *   there already;
 * - `needs: brokers`: not where there is no embedded broker, which is what `make run` uses here.
 */
describe('what the documents say', function () {
  this.timeout(2 * TIMEOUT_MS);
  let folder: string;
  let ports: number[];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'docs-'));
    for (const file of await trackedFiles(root)) {
      // Removed, and that is not committed yet.
      if (!existsSync(path.join(root, file))) continue;
      const to = path.join(folder, file);
      mkdirSync(path.dirname(to), { recursive: true });
      cpSync(path.join(root, file), to);
    }
    // Links take no room; what is installed anew replaces them and leaves the originals alone.
    await sh(`cp -al '${root}/node_modules' .`);
    ports = await freePorts(2);
    await sh('git init -q && git add -A && git -c user.name=a -c user.email=a@b.c commit -qm start');
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  // Whatever the shell of whoever runs this says of Kafka, and what make says to a make below it.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KAFKA_|TEST_|MAKE|MFLAGS|CI$)/.test(name)),
  );

  async function sh(text: string, status = 0): Promise<void> {
    // The packages are those of the lock, whatever the times of the files say.
    const script = `touch -c node_modules/.package-lock.json\nset -e\n${onFreePorts(text)}`;
    const result = await runCommand('bash', ['-c', script], { cwd: folder, env, timeoutMs: TIMEOUT_MS });
    expect(result?.status, `${text}\n${String(result?.output)}`).to.equal(status);
  }

  /** The documents say 8080 and 8081, which somebody may use here. */
  function onFreePorts(text: string): string {
    return text.replace(/localhost:808([01])/g, (_all, last) => `localhost:${String(ports[Number(last)])}`);
  }

  for (const file of documents()) {
    const blocks = blocksOf(file).filter(
      ({ language, mark }) =>
        applies(mark) &&
        ((language === 'sh' && mark !== 'run: elsewhere') ||
          (language === 'diff' && mark.startsWith('apply'))),
    );
    if (blocks.length === 0) continue;
    it(`${file}: every command works`, async () => {
      const stop = new Map<string | undefined, () => Promise<void>>();
      try {
        for (const { text, mark, language } of blocks) {
          const ready = said(mark, 'ready');
          if (language === 'diff') apply(text, said(mark, 'apply') ?? '');
          else if (mark.startsWith('run: background')) {
            await stop.get(ready)?.();
            stop.delete(ready);
            stop.set(ready, await serve(text, ready));
          } else await sh(text, Number(said(mark, 'exit') ?? 0));
        }
      } finally {
        for (const end of [...stop.values()].reverse()) await end();
        await sh('git checkout -q . && git clean -fdq -e node_modules');
      }
    });
  }

  function apply(diff: string, file: string): void {
    const lines = diff.trimEnd().split('\n');
    const side = (sign: string) =>
      lines
        .filter((line) => line.startsWith(sign) || line.startsWith(' '))
        .map((line) => line.slice(1))
        .join('\n');
    const target = path.join(folder, file);
    const text = readFileSync(target, 'utf8');
    expect(text.split(side('-')), `${file} has once what is to be changed`).to.have.length(2);
    writeFileSync(
      target,
      text.replace(side('-'), () => side('+')),
    );
  }

  async function serve(text: string, where: string | undefined): Promise<() => Promise<void>> {
    const url = where === undefined ? undefined : onFreePorts(where);
    const own = { HTTP_PORT: String(ports[0]), HTTP_HEALTH_PORT: String(ports[1]) };
    const child = spawnGuarded('bash', ['-c', `exec ${text.trim()}`], {
      cwd: folder,
      env: { ...env, ...own },
      output: 'ignore',
    });
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    const stop = async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      await ended;
    };
    if (url === undefined) return stop;
    try {
      await eventually(async () => (await fetch(url).catch(() => undefined))?.ok === true, {
        timeoutMs: START_TIMEOUT_MS,
      });
    } catch (error) {
      await stop();
      throw error;
    }
    return stop;
  }

  it('every example in TypeScript compiles, and runs as a test of this project', async () => {
    const examples = documents().flatMap((file) =>
      blocksOf(file).filter(({ language }) => language === 'ts'),
    );
    expect(examples).not.to.be.empty;
    const applying = examples.filter(({ mark }) => applies(mark));
    if (applying.length === 0) return;
    // As deep below the root as the tests of a domain, whose imports the examples show.
    const target = path.join(folder, 'test', 'docs', 'examples');
    mkdirSync(target, { recursive: true });
    applying.forEach(({ text }, index) => {
      writeFileSync(path.join(target, `example_${index}.test.ts`), `${text}\nexport {};\n`);
    });
    const compilerOptions = { rootDir: '../../..', outDir: '../../../dist/examples', incremental: false };
    const settings = { extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [], compilerOptions };
    writeFileSync(path.join(target, 'tsconfig.json'), JSON.stringify(settings));
    await sh('node_modules/.bin/tsc -p test/docs/examples/tsconfig.json --tsBuildInfoFile null');
    await sh("node_modules/.bin/mocha 'dist/examples/test/docs/examples/*.test.js'");
  });
});
