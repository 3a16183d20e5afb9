import { setTimeout } from 'node:timers/promises';
import { createKafkajsDriver, GroupConsumer, Producer } from '../../../pkg/kafka/index.js';
import type { Logger } from '../../../pkg/logger/index.js';
import type { Contender } from './contender.js';

const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message, fields) => {
    process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  },
  child: () => quiet,
};

const driverFor = (brokers: readonly string[]) =>
  createKafkajsDriver({ brokers, clientId: 'bench', logger: quiet });

/** pkg/kafka, with its defaults. */
export const ours: Contender = {
  async openSender(brokers) {
    const producer = new Producer(driverFor(brokers));
    await producer.connect();
    return {
      send: (topic, { key, value }) => producer.send({ topic, key, value }),
      async sendMany(topic, messages) {
        const results = await producer.sendMany(messages.map(({ key, value }) => ({ topic, key, value })));
        const failed = results.find((result) => result.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
      },
      close: () => producer.close(),
    };
  },

  async consume(brokers, { topic, groupId, handleMs, onHandled }) {
    const group = new GroupConsumer(driverFor(brokers), groupId, { logger: quiet });
    group.subscribe(topic, async () => {
      if (handleMs > 0) await setTimeout(handleMs);
      onHandled(1);
    });
    await group.start();
    return () => group.stop();
  },
};
