import { SyntaxKind } from 'ts-morph';
import { removeConfigKey } from '../forget_config_key.js';
import { forgetEntries } from '../knip_entries.js';
import { removeTargets } from '../makefile.js';
import { removeOwnTests } from '../own_tests.js';
import { type Plan } from '../plan.js';
import { pruneDangling, removeUnused } from '../prune.js';
import { Refusal } from '../refusal.js';
import { removeRegions } from '../regions.js';
import { TOPICS, topicsIn } from '../topics.js';
import { readmeFor } from './readme.js';
import { renameService } from './rename.js';
import { ONCE, ONCE_TARGETS, SAMPLES, SHOWN_TOGETHER, SHOWN_TOGETHER_TARGETS } from './samples.js';

const USAGE = `Usage: make bare NAME=my-service [KEEP=${Object.keys(SAMPLES).join(',')}] [DRY=1]
  NAME  of the package and the service: lower-case letters, digits and hyphens
  KEEP  samples to keep; all others go
  DRY   shows what would be done, and does nothing`;

/** Modules that every service has. */
const NO_DOMAINS = ['core', 'kafka_control'];

/** What is to be left. */
export interface BareOptions {
  name: string;
  /** Samples that stay. */
  kept: readonly string[];
}

/** What the variables of make ask for. @throws Refusal where that is no good */
export function bareOptions({ NAME: name = '', KEEP = '' }: NodeJS.ProcessEnv): BareOptions {
  const kept = KEEP.split(',').filter((one) => one !== '');
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 100) {
    throw new Refusal(`${name === '' ? 'NAME is missing' : `"${name}" is no name`}\n\n${USAGE}`, true);
  }
  const unknown = kept.filter((one) => !(one in SAMPLES));
  if (unknown.length > 0) throw new Refusal(`there is no sample ${unknown.join(', ')}\n\n${USAGE}`, true);
  return { name, kept };
}

/** Removes the samples: what is left is a service of its own name that starts, and has nothing to do yet. */
export function makeBare(plan: Plan, { name, kept }: BareOptions): void {
  const going = Object.entries(SAMPLES).filter(([domain]) => !kept.includes(domain));
  const gone = new Set<string>();
  const remove = (paths: readonly string[]): void => {
    for (const target of paths) for (const file of plan.remove(target)) gone.add(file);
  };
  for (const [domain, { paths, configKeys }] of going) {
    remove(paths);
    for (const key of configKeys) removeConfigKey(plan, key);
    removeTopic(plan, domain);
    removeRegions(plan, domain);
  }
  if (going.length > 0) {
    remove(SHOWN_TOGETHER);
    removeTargets(plan, SHOWN_TOGETHER_TARGETS);
    removeRegions(plan, 'samples');
    removeScript(plan, 'demo');
  }
  remove(ONCE);
  removeTargets(plan, ONCE_TARGETS);
  for (const file of removeOwnTests(plan)) gone.add(file);
  pruneDangling(plan, gone);
  removeUnusedHelper(plan);
  forgetEntries(plan);
  renameService(plan, name);
  plan.write('README.md', readmeFor(name, domainsIn(plan)));
  if (!plan.has('pkg/devbroker/index.ts')) removeRegions(plan, 'devbroker');
}

/** Those that are left: samples that were kept, and what was written beside them. */
function domainsIn(plan: Plan): string[] {
  return plan.files().flatMap((file) => {
    const [, name] = /^internal\/app\/modules\/(\w+)\.ts$/.exec(file) ?? [];
    return name === undefined || NO_DOMAINS.includes(name) ? [] : [name];
  });
}

function removeTopic(plan: Plan, domain: string): void {
  const topics = topicsIn(plan);
  topics.getPropertyOrThrow(domain).asKindOrThrow(SyntaxKind.PropertyAssignment).remove();
  // Without a topic nothing uses what they are laid out with; the next one brings it back.
  removeUnused(plan.source(TOPICS));
}

/** With the last topic's key goes what all of them are made with. */
function removeUnusedHelper(plan: Plan): void {
  const schema = plan.source('config/schema.ts');
  const uses = schema
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((one) => one.getText() === 'topicName');
  if (uses.length === 1) schema.getVariableStatementOrThrow('topicName').remove();
}

function removeScript(plan: Plan, script: string): void {
  const manifest = JSON.parse(plan.read('package.json')) as { scripts: Record<string, string> };
  const scripts = Object.fromEntries(Object.entries(manifest.scripts).filter(([name]) => name !== script));
  plan.write('package.json', `${JSON.stringify({ ...manifest, scripts }, null, 2)}\n`);
}
