import { type LogSettings } from './settings.js';

/** What a log removes as a whole: a segment or, in memory, a batch. */
interface Piece {
  readonly size: number;
  /** In milliseconds; -1 when it holds no time, and then it never is too old. */
  readonly maxTimestamp: bigint;
}

/**
 * How many pieces, from the oldest on, are no longer to be kept at the time `now`. As in Apache Kafka a piece goes
 * when its newest record is too old, or when the rest alone has as many bytes as are to be kept; the first piece
 * that stays keeps all after it.
 */
export function countExpired(pieces: readonly Piece[], settings: LogSettings, now: number): number {
  const { deletes, retentionMs, retentionBytes } = settings;
  if (!deletes) return 0;
  let bytes = pieces.reduce((sum, { size }) => sum + size, 0);
  let count = 0;
  for (const { size, maxTimestamp } of pieces) {
    const tooOld = retentionMs >= 0 && maxTimestamp >= 0n && Number(maxTimestamp) < now - retentionMs;
    bytes -= size;
    const tooMuch = retentionBytes >= 0 && bytes >= retentionBytes;
    if (size === 0 || !(tooOld || tooMuch)) break;
    count++;
  }
  return count;
}
