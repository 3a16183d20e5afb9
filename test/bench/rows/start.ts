import { message, type Row } from './row.js';

/** From the start of the process, loading modules included, to the first acknowledgement. */
export const start: Row = {
  name: 'start',
  unit: 'ms',
  better: 'lower',
  baselineName: 'connect(), send()',
  topic: { partitions: 8, messages: 0 },
  rounds: 5,
  async measure(contender, { brokers, topic }) {
    const sender = await contender.openSender(brokers);
    await sender.send(topic, message(0));
    const elapsed = performance.now();
    await sender.close();
    return elapsed;
  },
};
