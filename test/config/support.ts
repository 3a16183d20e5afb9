import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig, type LoadOptions } from '../../config/config.js';
import { ConfigError, type ConfigProblem } from '../../pkg/config/index.js';

/** Runs `use` with a configuration folder that holds the given files, and removes it. */
export function withConfigFolder<T>(files: Readonly<Record<string, string>>, use: (dir: string) => T): T {
  const dir = mkdtempSync(path.join(tmpdir(), 'config-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
    return use(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The problems that stop this configuration; throws where it loads, or fails in another way. */
export function problemsOf(options: LoadOptions): readonly ConfigProblem[] {
  try {
    loadConfig(options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

/** `path (source)` of each problem, which is what most promises are about. */
export function placesOf(options: LoadOptions): string[] {
  return problemsOf(options).map((problem) => `${problem.path} (${problem.source})`);
}
