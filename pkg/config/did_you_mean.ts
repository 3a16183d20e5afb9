/**
 * The least number of edits that turn one text into the other, an edit being a character inserted, removed
 * or replaced, or two neighbours swapped (optimal string alignment: no part is edited twice).
 */
export function editDistance(from: string, to: string): number {
  const source = Array.from(from);
  const target = Array.from(to);
  let beforePrevious: number[] = [];
  let previous = [0, ...target.map((_, index) => index + 1)];
  for (const [row, left] of source.entries()) {
    const current = [row + 1];
    for (const [column, right] of target.entries()) {
      const options = [
        at(previous, column + 1) + 1,
        at(current, column) + 1,
        at(previous, column) + (left === right ? 0 : 1),
      ];
      const swapped = left === target[column - 1] && right === source[row - 1];
      if (swapped) options.push(at(beforePrevious, column - 1) + 1);
      current.push(Math.min(...options));
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, target.length);
}

/**
 * The candidate that was probably meant: it differs in case only, ends in the given name (a level was left
 * out), or is at most a third of the name's length, and at most 3, edits away.
 */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toUpperCase();
  let best: string | undefined;
  let least = Math.min(3, Math.max(1, Math.floor(wanted.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = distanceTo(candidate.toUpperCase(), wanted);
    if (distance >= least) continue;
    best = candidate;
    least = distance;
  }
  return best;
}

function distanceTo(candidate: string, wanted: string): number {
  const leftOutLevel = candidate.endsWith(`_${wanted}`) || candidate.endsWith(`.${wanted}`);
  return leftOutLevel ? 1 : editDistance(candidate, wanted);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
