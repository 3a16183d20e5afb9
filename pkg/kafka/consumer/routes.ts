import { deadLetterTopic, retryTopic } from '../failures/topic_names.js';
import type { Subscription } from './options.js';

/** A topic that a group reads, and what becomes of its messages. */
export interface Route {
  readonly topic: string;
  readonly subscription: Subscription;
  readonly fromBeginning: boolean;
  /** Only this package writes the topic, so that the failure headers in it hold. */
  readonly replayed: boolean;
  /** The messages say when they are due, which is at most so many milliseconds after they were stored. */
  readonly delayMs: number | undefined;
  /** Where messages go that are worth another attempt, but not soon. */
  readonly later: { readonly topic: string; readonly delayMs: number } | undefined;
  /** Where messages go that failed for good; undefined when their partition is to stop. */
  readonly deadLetters: string | undefined;
}

/** What a group reads because of one subscription. @throws InvalidFailureTopic */
export function routesOf(subscription: Subscription, groupId: string): Route[] {
  const { topic, onExhausted, replays, retryTopics } = subscription;
  const stages = retryTopics.map((delayMs) => ({ topic: retryTopic(topic, groupId, delayMs), delayMs }));
  const common = {
    subscription,
    later: stages[0],
    deadLetters: onExhausted === 'block' ? undefined : deadLetterTopic(topic, groupId),
  };
  const ours = { ...common, fromBeginning: true, replayed: true };
  return [
    { ...common, topic, fromBeginning: subscription.fromBeginning, replayed: false, delayMs: undefined },
    ...(replays ? [{ ...ours, topic: retryTopic(topic, groupId, 0), delayMs: undefined }] : []),
    ...stages.map((stage, i) => ({ ...ours, ...stage, later: stages[i + 1] })),
  ];
}

/** The topics that a group needs besides those it was asked to read. */
export function failureTopicsOf(routes: readonly Route[]): string[] {
  const topics = routes.flatMap(({ topic, replayed, deadLetters }) => [
    ...(replayed ? [topic] : []),
    ...(deadLetters === undefined ? [] : [deadLetters]),
  ]);
  return [...new Set(topics)];
}
