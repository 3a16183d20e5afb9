import type { Sender } from '../contenders/contender.js';
import { message, type Row } from './row.js';

const WARM_UP_MS = 700;
const MEASURED_MS = 2_000;
const BULK = 500;

type Work = (sender: Sender, topic: string, next: () => number) => Promise<number>;

const sendOne: Work = async (sender, topic, next) => {
  await sender.send(topic, message(next()));
  return 1;
};

const sendBulk: Work = async (sender, topic, next) => {
  await sender.sendMany(
    topic,
    Array.from({ length: BULK }, () => message(next())),
  );
  return BULK;
};

/** `publishers` loops that each wait for their acknowledgement before they go on. */
function publishing(name: string, baselineName: string, publishers: number, work: Work): Row {
  return {
    name,
    unit: 'messages/s',
    better: 'higher',
    baselineName,
    topic: { partitions: 8, messages: 0 },
    rounds: 5,
    async measure(contender, { brokers, topic }) {
      const sender = await contender.openSender(brokers);
      let i = 0;
      const next = () => (i += 1);
      const run = async (ms: number) => {
        const start = performance.now();
        let sent = 0;
        const loop = async () => {
          while (performance.now() - start < ms) {
            const count = await work(sender, topic, next);
            sent += count;
          }
        };
        await Promise.all(Array.from({ length: publishers }, loop));
        return (sent / (performance.now() - start)) * 1_000;
      };
      await run(WARM_UP_MS);
      const rate = await run(MEASURED_MS);
      await sender.close();
      return rate;
    },
  };
}

export const publishRows: readonly Row[] = [
  publishing('publish-sequential', 'send()', 1, sendOne),
  publishing('publish-100', 'send() by 100 at once', 100, sendOne),
  publishing('publish-1000', 'send() by 1,000 at once', 1_000, sendOne),
  publishing('publish-bulk-500', 'send() of 500 messages', 1, sendBulk),
];
