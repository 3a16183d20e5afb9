import { type TopicDifference } from '../kafka/index.js';

/** A line for each difference between a topic and what it should be, with the reason where it stays. */
export function differenceLines(
  differences: readonly (TopicDifference & { readonly why?: string })[],
): string[] {
  return differences.map(({ what, wanted, actual, why }) => {
    const reason = why === undefined ? '' : `: ${why}`;
    return `  ${what} is ${actual}, should be ${wanted}${reason}`;
  });
}
