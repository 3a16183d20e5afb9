/** What a consumer sends as metadata when it subscribes to these topics, in version 0 of the consumer protocol. */
export function consumerMetadata(...topics: string[]): Buffer {
  const parts = topics.flatMap((topic) => [int16(Buffer.byteLength(topic)), Buffer.from(topic)]);
  const count = Buffer.alloc(4);
  count.writeInt32BE(topics.length);
  const userData = Buffer.alloc(4);
  userData.writeInt32BE(-1);
  return Buffer.concat([int16(0), count, ...parts, userData]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
