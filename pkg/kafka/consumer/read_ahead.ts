import type { ResolvedGroupOptions } from './options.js';
import type { PartitionWork } from './partition_work.js';

type Buffered = Pick<PartitionWork, 'unfinished' | 'unfinishedBytes'>;

/**
 * Whether enough is read ahead of a partition. All that have unfinished messages share what may be; one that comes
 * late gets a batch.
 *
 * @param all the partitions of the assignment, this one as well
 */
export function isFull(
  work: Buffered,
  all: Iterable<Buffered>,
  limits: Pick<ResolvedGroupOptions, 'maxBufferedMessages' | 'maxBufferedBytes'>,
): boolean {
  let busy = 0;
  let messages = 0;
  let bytes = 0;
  for (const { unfinished, unfinishedBytes } of all) {
    if (unfinished > 0) busy += 1;
    messages += unfinished;
    bytes += unfinishedBytes;
  }
  return (
    Math.max(messages, work.unfinished * busy) >= limits.maxBufferedMessages ||
    Math.max(bytes, work.unfinishedBytes * busy) >= limits.maxBufferedBytes
  );
}
