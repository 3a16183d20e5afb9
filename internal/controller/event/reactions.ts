/** What is done after an event; rejects to have the event again later. */
export type Reaction<E> = (event: E, context: { signal: AbortSignal }) => Promise<void>;

/** By the type of an event, what is done after it. */
export type Reactions<E extends { type: string }> = {
  readonly [Type in E['type']]?: readonly Reaction<Extract<E, { type: Type }>>[];
};

/**
 * Handles the events of a domain: what stands under an event's type is done, one after the other; other types
 * are none of its business. Where one fails, those before it are done again with the next delivery.
 */
export function reactTo<E extends { type: string }>(reactions: Reactions<E>): Reaction<E> {
  // A type's reactions take its events, which the table says and an index does not.
  const byType = reactions as Readonly<Record<string, readonly Reaction<E>[] | undefined>>;
  return async (event, context) => {
    for (const react of byType[event.type] ?? []) await react(event, context);
  };
}
