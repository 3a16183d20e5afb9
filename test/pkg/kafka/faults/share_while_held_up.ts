import type { MessageHandler } from '../../../../pkg/kafka/index.js';
import { startPace, type Share } from '../support/held_up.js';

/**
 * Sends at a steady pace while one partition is held up, and counts what was acknowledged and what was handled in
 * that time.
 *
 * @param options.handler gets the one message of the partition that is held up.
 */
export async function shareWhileHeldUp(options: {
  readonly holdUpMs: number;
  readonly handler: MessageHandler;
}): Promise<Share> {
  const pace = await startPace(options.handler);
  try {
    const from = pace.share();
    // What was held up with it must not catch up before the end.
    await new Promise((resolve) => setTimeout(resolve, 0.9 * options.holdUpMs));
    const { sent, handled } = pace.share();
    return { sent: sent - from.sent, handled: handled - from.handled };
  } finally {
    await pace.stop();
  }
}
