import { type BrokerProcessOptions } from './options.js';

/** What the starting process tells the broker's process. */
export interface ToChild {
  kind: 'start';
  options: Omit<BrokerProcessOptions, 'onProblem'>;
}

/** What the broker's process tells the one that started it. */
export type FromChild =
  | { kind: 'started'; brokers: string[] }
  | { kind: 'failed'; message: string; fields: Record<string, unknown> }
  | { kind: 'problem'; message: string; error: string | undefined };
