import { type ObjectLiteralExpression, SyntaxKind } from 'ts-morph';
import { type Plan } from './plan.js';

export const TOPICS = 'internal/repo/persistent/topics.ts';

/** How the topics of events are laid out: goes with the last of them, and comes back with the next. */
const LAYOUT = `
/** Events are facts: they stay, all of them, compressed as their producers did. */
const EVENTS = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'compression.type': 'producer',
};
`;

/** Adds a topic for the events of a domain, kept for ever, in three partitions. */
export function addTopic(plan: Plan, domain: string): void {
  const source = plan.source(TOPICS);
  if (!source.getVariableDeclaration('EVENTS')) {
    source.insertStatements(source.getVariableStatementOrThrow('topics').getChildIndex(), LAYOUT);
  }
  topicsIn(plan).addPropertyAssignment({ name: domain, initializer: '{ partitions: 3, configs: EVENTS }' });
}

/** The list of topics, by domain. */
export function topicsIn(plan: Plan): ObjectLiteralExpression {
  const topics = plan.source(TOPICS).getVariableDeclarationOrThrow('topics');
  return topics.getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}
