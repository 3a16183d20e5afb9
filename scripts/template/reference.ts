import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../run_command.js';
import { type Plan } from './plan.js';
import { Refusal } from './refusal.js';

const REFERENCE = 'docs/configuration.md';
/** It takes a second; a machine that is busy may take much longer. */
const TIMEOUT_MS = 120_000;
/** What ends a command early, Ctrl-C among them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Writes the reference of the configuration as it follows from the plan: its schema is a program, which is run
 * beside the project, so that nothing is written where that fails.
 * @throws Refusal where it fails
 */
export async function renewReference(plan: Plan): Promise<void> {
  if (!plan.has(REFERENCE)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'plan-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    remove();
    // Nobody listens to it any more, so that it ends the process.
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    // At once, so that no signal comes between.
    plan.copyTo(folder, (file) => !file.startsWith('test/'));
    symlinkSync(path.join(projectRoot(), 'node_modules'), path.join(folder, 'node_modules'));
    const tsx = path.join('node_modules', '.bin', 'tsx');
    const result = await runCommand(tsx, [path.join('scripts', 'docs', 'main.ts')], {
      cwd: folder,
      timeoutMs: TIMEOUT_MS,
    });
    if (result?.status !== 0) {
      const why = result?.output.trimEnd() ?? 'there is no tsx';
      throw new Refusal(
        `nothing was written, since make docs would fail, which writes ${REFERENCE}:\n${why}`,
      );
    }
    plan.write(REFERENCE, readFileSync(path.join(folder, REFERENCE), 'utf8'));
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    remove();
  }
}
