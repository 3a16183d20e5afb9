import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { projectRoot } from '../config/project_root.js';

const ROOTS = ['cmd', 'config', 'examples', 'internal', 'pkg', 'scripts', 'test'];

/** What a look at the dependencies found. */
interface LayerReport {
  /** Source files that were looked at. */
  readonly files: number;
  /** One line for each broken rule: `file → file: rule: why, and what to do instead`. */
  readonly violations: readonly string[];
}

/**
 * Checks all TypeScript below a folder, committed or not, against the rules of .dependency-cruiser.cjs.
 *
 * @throws Error where the folder, or one of its source roots, holds sources of which none was read: a check
 * that looks at nothing must not pass.
 */
export async function lintLayers(root: string): Promise<LayerReport> {
  const present = readdirSync(root).filter((name) => ROOTS.includes(name));
  const roots = present.filter((name) =>
    readdirSync(path.join(root, name), { recursive: true }).some(isSource),
  );
  if (roots.length === 0) throw new Error(`There is no TypeScript below ${root}`);

  const options = await extractDepcruiseOptions(path.join(projectRoot(), '.dependency-cruiser.cjs'));
  // Resolved, because dependency-cruiser resolves symbolic links in what it finds, and compares.
  const baseDir = realpathSync(root);
  const { output } = await cruise(roots, { ...options, baseDir }, options.enhancedResolveOptions);
  const { modules, summary } = output as ICruiseResult;

  const files = modules
    .map(({ source }) => source)
    .filter((file) => isSource(file) && !file.includes('node_modules'));
  const unread = roots.filter((name) => !files.some((file) => file.startsWith(`${name}/`)));
  if (unread.length > 0) throw new Error(`dependency-cruiser read no module of ${unread.join(', ')}`);
  const violations = summary.violations.map((violation) =>
    describe(violation, summary.ruleSetUsed?.forbidden),
  );
  return { files: files.length, violations: [...new Set(violations)].sort() };
}

function isSource(file: string | Buffer): boolean {
  return String(file).endsWith('.ts');
}

type Rules = NonNullable<ICruiseResult['summary']['ruleSetUsed']>['forbidden'];

function describe({ from, to, rule, cycle }: IViolation, rules: Rules = []): string {
  const target = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
  const comment = rules.find(({ name }) => name === rule.name)?.comment ?? 'see .dependency-cruiser.cjs';
  return `${from} → ${target}: ${rule.name}: ${comment}`;
}

async function main(root = projectRoot()): Promise<void> {
  const { files, violations } = await lintLayers(root);
  for (const violation of violations) console.error(violation);
  console.log(`${files} files, ${violations.length} broken layer rules`);
  if (violations.length > 0) process.exitCode = 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(process.argv[2]);
}
