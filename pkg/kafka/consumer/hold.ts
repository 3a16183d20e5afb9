/**
 * Why no message of a partition is begun:
 * - `paused`: by pause()
 * - `infrastructure`: something that the handler needs is down
 * - `dead-letter`: a dead letter cannot be written
 * - `stopped`: a message failed for good, and was not to be set aside
 * - `flood`: too many messages failed for good
 * - `due`: the next message of a retry topic is to be tried later; those before it go on
 * - `leftover`: handlers that an earlier assignment gave up have not ended yet
 */
export type Hold = 'paused' | 'infrastructure' | 'dead-letter' | 'stopped' | 'flood' | 'due' | 'leftover';
