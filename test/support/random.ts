import { seededRandom } from '../../pkg/devbroker/random.js';

/** Choices that are as good as random, and the same for the same seed. */
export class Random {
  private readonly fraction: () => number;

  constructor(seed: number) {
    this.fraction = seededRandom(seed);
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }
}
