import { SyntaxKind } from 'ts-morph';
import { isMap, parseDocument } from 'yaml';
import { groupOf, SCHEMA, schemaRoot, YAML } from './config_keys.js';
import { type Plan } from './plan.js';

/** Removes a key or a group from the configuration, and every group that is empty without it. */
export function removeConfigKey(plan: Plan, key: string): void {
  const parts = key.split('.');
  removeFromSchema(plan, parts);
  const document = parseDocument(plan.read(YAML));
  for (let depth = parts.length; depth > 0; depth -= 1) {
    const here = parts.slice(0, depth);
    const node = document.getIn(here);
    if (depth === parts.length || (isMap(node) && node.items.length === 0)) document.deleteIn(here);
  }
  plan.write(YAML, document.toString({ lineWidth: 0 }));
}

function removeFromSchema(plan: Plan, parts: readonly string[]): void {
  const groups = [schemaRoot(plan)];
  for (const part of parts.slice(0, -1)) {
    const inner = groupOf(groups.at(-1) ?? schemaRoot(plan), part);
    if (!inner) throw new Error(`${SCHEMA} has no group ${part}`);
    groups.push(inner);
  }
  for (const [index, group] of [...groups.entries()].reverse()) {
    const property = group.getPropertyOrThrow(parts[index] ?? '');
    property.asKindOrThrow(SyntaxKind.PropertyAssignment).remove();
    if (group.getProperties().length > 0) return;
  }
}
