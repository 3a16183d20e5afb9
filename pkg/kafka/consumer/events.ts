import type { PartitionPosition, TopicPartition } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { asError } from '../async.js';
import type { Hold } from './hold.js';

/** A partition that stopped because a message kept failing. Nothing from `offset` on was committed. */
export interface StoppedPartition extends TopicPartition {
  /** Decimal text. */
  readonly offset: string;
  /** The key as text, shortened; null when the message has none. */
  readonly key: string | null;
  readonly attempts: number;
  /** The last error's message. */
  readonly cause: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Where a message is. `offset` is decimal text. */
interface MessagePlace extends TopicPartition {
  readonly offset: string;
}

/** What happens in a group on this instance, for metrics and alarms. */
export type ConsumerEvent = { readonly groupId: string } & (
  | ({ readonly type: 'handled'; readonly attempt: number; readonly durationMs: number } & MessagePlace)
  | ({
      /** The message is tried again after `delayMs`; `infrastructure`: and its partition waits for it. */
      readonly type: 'retried';
      readonly infrastructure: boolean;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: unknown;
    } & MessagePlace)
  | ({
      /** The message is stored in `target`: the dead letters, or a retry topic. */
      readonly type: 'dead-lettered';
      readonly target: string;
      readonly attempts: number;
      readonly error: unknown;
    } & MessagePlace)
  | { readonly type: 'stopped'; readonly partition: StoppedPartition }
  | ({ readonly type: 'paused' | 'resumed'; readonly reason: Hold } & TopicPartition)
  | { readonly type: 'rebalanced'; readonly assigned: readonly TopicPartition[] }
  | { readonly type: 'committed'; readonly positions: readonly PartitionPosition[] }
  | { readonly type: 'crashed'; readonly error: Error; readonly restartInMs: number }
);

/** Called with each event, at once; must not throw. */
export type ConsumerEventListener = (event: ConsumerEvent) => void;

/** Guards the package against a listener that throws. */
export function guarded(listener: ConsumerEventListener, logger: Logger): ConsumerEventListener {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      logger.error('a listener of consumer events failed', { event: event.type, error: asError(error) });
    }
  };
}
