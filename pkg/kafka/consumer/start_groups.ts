import type { GroupConsumer, StartOptions } from './group_consumer.js';

/** Starts all, and reports the first that could not, after all have been tried. */
export async function startGroups(groups: readonly GroupConsumer[], options?: StartOptions): Promise<void> {
  const results = await Promise.allSettled(groups.map((group) => group.start(options)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
