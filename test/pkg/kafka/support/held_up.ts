import type { MessageHandler } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { newTopic, openManager } from '../contract/harness.js';

const TICK_MS = 20;
const PER_TICK = 20;

/**
 * Sends messages at a steady pace to three partitions and another topic of a group while `handler` holds one
 * more partition up, and counts what was acknowledged and what was handled in that time.
 *
 * @param options.handler gets the one message of the partition that is held up.
 */
export async function shareWhileHeldUp(options: {
  readonly holdUpMs: number;
  readonly handler: MessageHandler;
}): Promise<{ sent: number; handled: number }> {
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

  let sent = 0;
  const pace = setInterval(() => {
    const sending = manager.sendMessages(
      Array.from({ length: PER_TICK }, (_, i) =>
        i % 4 === 3 ? { topic: other, value: 'x' } : { topic, value: 'x', partition: 1 + (i % 4) },
      ),
    );
    void sending.then(({ length }) => (sent += length));
  }, TICK_MS);
  try {
    await eventually(() => handled > 0);
    await manager.sendMessage(topic, 'slow', 'x', { partition: 0 });
    await eventually(() => heldUp);
    const from = { sent, handled };
    // What was held up with it must not catch up before the end.
    await new Promise((resolve) => setTimeout(resolve, 0.9 * options.holdUpMs));
    return { sent: sent - from.sent, handled: handled - from.handled };
  } finally {
    clearInterval(pace);
  }
}
