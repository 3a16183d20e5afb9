/**
 * The topics that a consumer subscribes to, read from the metadata it joins with: int16 version, int32 count, then
 * per topic an int16 length and that many UTF-8 bytes. Every later version of the consumer protocol begins like this.
 *
 * @returns null when the bytes do not hold such a list; then nothing is known of the subscription.
 */
export function subscribedTopics(metadata: Buffer): readonly string[] | null {
  if (metadata.length < 6) return null;
  const count = metadata.readInt32BE(2);
  const topics: string[] = [];
  let at = 6;
  for (let i = 0; i < count; i++) {
    if (at + 2 > metadata.length) return null;
    const length = metadata.readInt16BE(at);
    const end = at + 2 + length;
    if (length < 0 || end > metadata.length) return null;
    topics.push(metadata.toString('utf8', at + 2, end));
    at = end;
  }
  return count < 0 ? null : topics;
}
