import { CODECS, type Compression } from '../codecs/codec.js';
import { checkChoice, checkRanges, COUNT, DURATION, LIMIT } from '../option_ranges.js';

const COMPRESSIONS = ['none', ...Object.keys(CODECS)];

/** Settings of a {@link Producer}. */
export interface ProducerOptions {
  /** Messages in one request to a node. Default 500. */
  readonly maxBatchMessages?: number;
  /** Bytes in one request to a node, unless a single message is larger. Default 524,288. */
  readonly maxBatchBytes?: number;
  /** Key, value and headers of one message, in bytes. Default 1,048,000, which with its framing fits into a broker's default of 1,048,588. */
  readonly maxMessageBytes?: number;
  /**
   * Messages accepted and not yet acknowledged. Calls that find no room wait up to `maxBlockMs`, and keep
   * their messages in memory beside these; a caller bounds them by waiting for his. Default 20,000.
   */
  readonly maxBufferedMessages?: number;
  /** Bytes accepted and not yet acknowledged. Default 33,554,432. */
  readonly maxBufferedBytes?: number;
  /**
   * Milliseconds that a message may wait for room in the buffer, that it may wait for its topic to be found (no longer
   * than `deliveryTimeoutMs`), and that connect() may take. Default 5,000.
   */
  readonly maxBlockMs?: number;
  /** Milliseconds from the acceptance of a message to its acknowledgement; Infinity for no limit. Default 60,000. */
  readonly deliveryTimeoutMs?: number;
  /** Milliseconds that close() gives what was accepted. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** For batches larger than 1 KiB: of all topics, or by topic. Default none. */
  readonly compression?: Compression | Readonly<Record<string, Compression>>;
}

/** The options with their defaults filled in. @throws InvalidOption */
export function withDefaults(options: ProducerOptions): Required<ProducerOptions> {
  const resolved: Required<ProducerOptions> = {
    maxBatchMessages: options.maxBatchMessages ?? 500,
    maxBatchBytes: options.maxBatchBytes ?? 524_288,
    maxMessageBytes: options.maxMessageBytes ?? 1_048_000,
    maxBufferedMessages: options.maxBufferedMessages ?? 20_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 33_554_432,
    maxBlockMs: options.maxBlockMs ?? 5_000,
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 60_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
    compression: options.compression ?? 'none',
  };
  checkRanges(resolved, {
    maxBatchMessages: COUNT,
    maxBatchBytes: COUNT,
    maxMessageBytes: COUNT,
    maxBufferedMessages: COUNT,
    maxBufferedBytes: COUNT,
    maxBlockMs: DURATION,
    deliveryTimeoutMs: LIMIT,
    closeTimeoutMs: DURATION,
  });
  checkCompression(resolved.compression);
  return resolved;
}

function checkCompression(compression: Required<ProducerOptions>['compression']): void {
  if (typeof compression !== 'object') {
    checkChoice('compression', compression, COMPRESSIONS);
    return;
  }
  for (const [topic, each] of Object.entries(compression)) {
    checkChoice(`compression.${topic}`, each, COMPRESSIONS);
  }
}

/** What the options say about the compression of a topic. */
export function compressionOf(
  compression: Required<ProducerOptions>['compression'],
  topic: string,
): Compression {
  return typeof compression === 'string' ? compression : (compression[topic] ?? 'none');
}
