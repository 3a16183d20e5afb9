import { setTimeout } from 'node:timers/promises';
import { message, type Row } from './row.js';

const SETTLE_MS = 1_000;
const MEASURED_MS = 4_000;
const POLL_MS = 10;

/** What one producer and one consumer cost that are connected and have nothing to do. */
export const idleCpu: Row = {
  name: 'idle-cpu',
  unit: '% of a core',
  better: 'lower',
  baselineName: 'one producer, one consumer',
  topic: { partitions: 8, messages: 0 },
  rounds: 3,
  async measure(contender, { brokers, topic, groupId }) {
    const sender = await contender.openSender(brokers);
    await sender.send(topic, message(0));
    let handled = 0;
    const leave = await contender.consume(brokers, {
      topic,
      groupId,
      handleMs: 0,
      onHandled: (count) => (handled += count),
    });
    while (handled === 0) await setTimeout(POLL_MS);
    await setTimeout(SETTLE_MS);
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    await setTimeout(MEASURED_MS);
    const { user, system } = process.cpuUsage(cpu);
    const percent = ((user + system) / 1_000 / (performance.now() - start)) * 100;
    await leave();
    await sender.close();
    return percent;
  },
};
