import { type JudgedDifference } from '../kafka/index.js';

/** A line for each difference between a topic and what it should be, with the reason where it stays. */
export function differenceLines(differences: readonly JudgedDifference[]): string[] {
  return differences.map(({ what, wanted, actual, unasked = false, why }) => {
    const says = unasked
      ? `is set to ${actual} on the topic, the code says nothing of it`
      : `is ${actual}, should be ${wanted}`;
    return `  ${what} ${says}${why === undefined ? '' : `: ${why}`}`;
  });
}
