import { setTimeout } from 'node:timers/promises';
import type { Row } from './row.js';

const POLL_MS = 5;

interface Consume {
  readonly name: string;
  readonly baselineName: string;
  readonly partitions: number;
  readonly messages: number;
  readonly handleMs: number;
  /** Ends the measurement also when not all messages are handled. */
  readonly longestMs: number;
}

/** The rate from the first message on, so that joining the group does not count. */
function consuming({ name, baselineName, partitions, messages, handleMs, longestMs }: Consume): Row {
  return {
    name,
    unit: 'messages/s',
    better: 'higher',
    baselineName,
    topic: { partitions, messages },
    rounds: 5,
    async measure(contender, { brokers, topic, groupId }) {
      let handled = 0;
      let firstAt = 0;
      let first = 0;
      let lastAt = 0;
      const onHandled = (count: number) => {
        lastAt = performance.now();
        handled += count;
        if (first > 0) return;
        firstAt = lastAt;
        first = handled;
      };
      const leave = await contender.consume(brokers, { topic, groupId, handleMs, onHandled });
      const isOver = () => handled >= messages || (first > 0 && performance.now() - firstAt > longestMs);
      while (!isOver()) await setTimeout(POLL_MS);
      const rate = ((handled - first) / (lastAt - firstAt)) * 1_000;
      await leave();
      return rate;
    },
  };
}

export const consumeRows: readonly Row[] = [
  consuming({
    name: 'consume-noop-keyed',
    baselineName: 'eachBatch, 8 partitions at once',
    partitions: 8,
    messages: 400_000,
    handleMs: 0,
    longestMs: 20_000,
  }),
  consuming({
    name: 'consume-2ms-1p',
    baselineName: 'eachMessage',
    partitions: 1,
    messages: 100_000,
    handleMs: 2,
    longestMs: 2_000,
  }),
];
