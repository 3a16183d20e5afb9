/** A guard against a pitfall of kafkajs, how to take it out, and the test that must fail then. */
export interface Guard {
  /** Numbers in the table of pkg/kafka's README; none where the row of its test has no number. */
  readonly pitfalls: readonly number[];
  readonly guard: string;
  /** Built file below `pkg/kafka`. */
  readonly file: string;
  /** Occurs in it once. */
  readonly code: string;
  readonly without: string;
  /** Test file below `test/pkg/kafka`. */
  readonly suite: string;
  /** Part of the full title of one of its tests. */
  readonly test: string;
}
