import { type ObjectLiteralExpression, type PropertyAssignment, SyntaxKind } from 'ts-morph';
import { isScalar, parseDocument, YAMLMap } from 'yaml';
import { type Plan } from './plan.js';

/** Where the keys of the configuration are declared, and where they have values of their own. */
export const SCHEMA = 'config/schema.ts';
export const YAML = 'config/config.yaml';

/** Adds the key of a topic's name below KAFKA.TOPICS, which need not exist yet. */
export function addTopicKey(
  plan: Plan,
  { key, topic, what }: { key: string; topic: string; what: string },
): void {
  const kafka = groupOf(schemaRoot(plan), 'KAFKA');
  if (!kafka) throw new Error(`${SCHEMA} has no group KAFKA`);
  const topics = groupOf(kafka, 'TOPICS') ?? addGroup(kafka, 'TOPICS');
  topics.addPropertyAssignment({ name: key, initializer: `topicName('${topic}', '${what}')` });
  ensureTopicName(plan);

  const document = parseDocument(plan.read(YAML));
  if (!document.hasIn(['KAFKA', 'TOPICS'])) {
    const group = document.createPair('TOPICS', new YAMLMap());
    if (isScalar(group.key)) {
      group.key.commentBefore =
        ' These only rename: partitions, retention and the rest stand in internal/repo/persistent/topics.ts.';
    }
    document.addIn(['KAFKA'], group);
  }
  document.setIn(['KAFKA', 'TOPICS', key], topic);
  plan.write(YAML, document.toString({ lineWidth: 0 }));
}

/** The helper goes with the last topic, and comes back with the next. */
const TOPIC_NAME = `
const topicName = (name: string, description: string) =>
  z
    .string()
    .regex(/^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}$/)
    .default(name)
    .meta({ description, expected: 'a topic name: 1 to 249 letters, digits, dots, underscores, hyphens' });
`;

function ensureTopicName(plan: Plan): void {
  const source = plan.source(SCHEMA);
  if (source.getVariableDeclaration('topicName')) return;
  const at = source.getVariableStatementOrThrow('configSchema').getChildIndex();
  source.insertStatements(at, TOPIC_NAME.trim());
}

/** The keys of the configuration's schema. */
export function schemaRoot(plan: Plan): ObjectLiteralExpression {
  const schema = plan.source(SCHEMA).getVariableDeclarationOrThrow('configSchema');
  return schema.getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}

/** The keys of `NAME: group({...})`. */
export function groupOf(parent: ObjectLiteralExpression, name: string): ObjectLiteralExpression | undefined {
  const property: PropertyAssignment | undefined = parent
    .getProperty(name)
    ?.asKind(SyntaxKind.PropertyAssignment);
  return property?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression);
}

function addGroup(parent: ObjectLiteralExpression, name: string): ObjectLiteralExpression {
  const added = parent.addPropertyAssignment({ name, initializer: 'group({})' });
  return added.getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}
