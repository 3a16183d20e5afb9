import type { MessageHandler } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { newTopic, openManager } from '../contract/harness.js';

const TICK_MS = 20;
const PER_TICK = 20;
/** About what the pace sends in a second, four times as long as a batch is waited for. */
const MANY = 1_000;

/** What was acknowledged, and what was handled, of the partitions and topics that are not held up. */
export interface Share {
  readonly sent: number;
  readonly handled: number;
}

/**
 * Sends much while one partition is held up, and releases that only when all the rest was handled.
 *
 * @param handlerUntil makes the handler of the one message of the partition; it is to hold it up until `released` is
 *   aborted.
 */
export async function catchUpWhileHeldUp(
  handlerUntil: (released: AbortSignal) => MessageHandler,
): Promise<Share> {
  const release = new AbortController();
  try {
    const pace = await startPace(handlerUntil(release.signal));
    try {
      const from = pace.share();
      await eventually(() => pace.share().sent >= from.sent + MANY);
    } finally {
      await pace.stop();
    }
    const { sent } = pace.share();
    await eventually(() => pace.share().handled >= sent, {
      what: () => `${sent} messages are handled, got ${pace.share().handled}`,
    });
    return pace.share();
  } finally {
    release.abort();
  }
}

/**
 * Sends messages at a steady pace to three partitions and another topic of a group. Resolves once `handler` has got
 * the one message of one more partition.
 */
export async function startPace(
  slowHandler: MessageHandler,
): Promise<{ share: () => Share; stop: () => Promise<unknown> }> {
  const [topic, other] = [await newTopic(4), await newTopic(1)];
  const groupId = uniqueName('group');
  const manager = await openManager();
  let handled = 0;
  let heldUp = false;
  const handler: MessageHandler = async (message, context) => {
    if (message.topic === topic && message.partition === 0) {
      heldUp = true;
      await slowHandler(message, context);
      return;
    }
    handled += 1;
  };
  manager.addConsumer(topic, groupId, handler);
  manager.addConsumer(other, groupId, handler);
  await manager.startAllConsumers();

  let sent = 0;
  const sending: Promise<unknown>[] = [];
  const timer = setInterval(() => {
    const messages = Array.from({ length: PER_TICK }, (_, i) =>
      i % 4 === 3 ? { topic: other, value: 'x' } : { topic, value: 'x', partition: 1 + (i % 4) },
    );
    sending.push(manager.sendMessages(messages).then(({ length }) => (sent += length)));
  }, TICK_MS);
  const stop = () => {
    clearInterval(timer);
    return Promise.all(sending);
  };
  try {
    await eventually(() => handled > 0);
    await manager.sendMessage(topic, 'slow', 'x', { partition: 0 });
    await eventually(() => heldUp);
  } catch (error) {
    await stop();
    throw error;
  }
  return { share: () => ({ sent, handled }), stop };
}
