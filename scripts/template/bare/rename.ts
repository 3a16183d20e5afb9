import { SyntaxKind } from 'ts-morph';
import { parseDocument } from 'yaml';
import { groupOf, schemaRoot } from '../config_keys.js';
import { type Plan } from '../plan.js';

const SCHEMA = 'config/schema.ts';
const YAML = 'config/config.yaml';

/** Gives the service another name: its package, what it says of itself by default, and its containers. */
export function renameService(plan: Plan, name: string): void {
  const { name: old } = JSON.parse(plan.read('package.json')) as { name: string };
  setDefault(plan, 'APP.NAME', name);
  setDefault(plan, 'KAFKA.CLIENT_ID', name);
  setDefault(plan, 'KAFKA.GROUP_ID', name);
  for (const file of ['package.json', 'package-lock.json']) {
    plan.write(file, renamedManifest(plan.read(file), name));
  }
  for (const file of plan.files().filter((one) => /^(docker-compose.*\.ya?ml|Dockerfile)$/.test(one))) {
    plan.write(file, plan.read(file).replaceAll(old, name));
  }
}

function renamedManifest(text: string, name: string): string {
  const manifest = JSON.parse(text) as Record<string, unknown> & {
    packages?: Record<string, Record<string, unknown>>;
  };
  manifest['name'] = name;
  const root = manifest.packages?.[''];
  if (root) root['name'] = name;
  else manifest['description'] = `The service ${name}, with Apache Kafka`;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Gives a key another default, in the schema and in the file that repeats it. */
function setDefault(plan: Plan, key: string, value: string): void {
  const parts = key.split('.');
  const leaf = parts.pop() ?? key;
  let group = schemaRoot(plan);
  for (const part of parts) {
    const inner = groupOf(group, part);
    if (!inner) throw new Error(`${SCHEMA} has no group ${part}`);
    group = inner;
  }
  const call = group
    .getPropertyOrThrow(leaf)
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((one) => one.getExpression().getText().endsWith('.default'));
  if (!call) throw new Error(`${key} has no default in ${SCHEMA}`);
  call.getArguments()[0]?.replaceWithText(JSON.stringify(value));
  const document = parseDocument(plan.read(YAML));
  document.setIn([...parts, leaf], value);
  plan.write(YAML, document.toString({ lineWidth: 0 }));
}
