import type { MessageHandler } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { newTopic, openManager } from '../contract/harness.js';

const TICK_MS = 20;
const PER_TICK = 20;

/**
 * Sends messages at a steady pace to three partitions and another topic of a group, and counts those that
 * were handled while `handler` holds one more partition up, and in as long a time before.
 *
 * @param options.handler gets the one message of the partition that is held up.
 */
export async function shareWhileHeldUp(options: {
  readonly holdUpMs: number;
  readonly handler: MessageHandler;
}): Promise<{ before: number; during: number }> {
  const [topic, other] = [await newTopic(4), await newTopic(1)];
  const groupId = uniqueName('group');
  const manager = await openManager();
  let handled = 0;
  let heldUp = false;
  const handler: MessageHandler = async (message, context) => {
    if (message.topic === topic && message.partition === 0) {
      heldUp = true;
      await options.handler(message, context);
      return;
    }
    handled += 1;
  };
  manager.addConsumer(topic, groupId, handler);
  manager.addConsumer(other, groupId, handler);
  await manager.startAllConsumers();

  const pace = setInterval(() => {
    void manager.sendMessages(
      Array.from({ length: PER_TICK }, (_, i) =>
        i % 4 === 3 ? { topic: other, value: 'x' } : { topic, value: 'x', partition: 1 + (i % 4) },
      ),
    );
  }, TICK_MS);
  try {
    await eventually(() => handled > 0);
    const before = await handledWithin(options.holdUpMs, () => handled);
    await manager.sendMessage(topic, 'slow', 'x', { partition: 0 });
    await eventually(() => heldUp);
    return { before, during: await handledWithin(options.holdUpMs, () => handled) };
  } finally {
    clearInterval(pace);
  }
}

async function handledWithin(ms: number, handled: () => number): Promise<number> {
  const from = handled();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return handled() - from;
}
