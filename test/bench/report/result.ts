import type { Row } from '../rows/row.js';

/** One line of `.data/bench.json`. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  readonly baselineName: string;
  /** How many times better ours is: 2 is twice the rate, or half the time. */
  readonly ratio: number;
  readonly broker: string;
  /** The version of Node.js. */
  readonly node: string;
}

/** The medians of both sides. */
export function toResult(
  row: Row,
  values: { readonly ours: readonly number[]; readonly baseline: readonly number[] },
  broker: string,
): Result {
  const [ours, baseline] = [median(values.ours), median(values.baseline)];
  return {
    name: row.name,
    unit: row.unit,
    ours: rounded(ours),
    baseline: rounded(baseline),
    baselineName: row.baselineName,
    ratio: rounded(row.better === 'higher' ? ours / baseline : baseline / ours),
    broker,
    node: process.version,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Three digits say all that such a measurement can. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
