import { type ObjectLiteralExpression, SyntaxKind } from 'ts-morph';
import { type Plan } from './plan.js';

export const TOPICS = 'internal/repo/persistent/topics.ts';

/** Adds a topic for the events of a domain, kept for ever, in three partitions. */
export function addTopic(plan: Plan, domain: string, topic: string): void {
  const source = plan.source(TOPICS);
  const at = source.getVariableStatementOrThrow('topics').getChildIndex();
  const constants = [
    ['BROKER_DEFAULT', 'const BROKER_DEFAULT = -1;'],
    ['UNLIMITED', "const UNLIMITED = '-1';"],
  ] as const;
  for (const [name, text] of constants) {
    if (!source.getVariableDeclaration(name)) source.insertStatements(at, text);
  }
  topicsIn(plan).addPropertyAssignment({
    name: domain,
    initializer: `{
    topic: '${topic}',
    partitions: 3,
    replicationFactor: BROKER_DEFAULT,
    configs: { 'retention.ms': UNLIMITED },
  }`,
  });
}

/** The list of topics, by domain. */
export function topicsIn(plan: Plan): ObjectLiteralExpression {
  const topics = plan.source(TOPICS).getVariableDeclarationOrThrow('topics');
  return topics.getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}
