/** Where the fields of a record batch (message format 2) stand, in bytes from its start. */
export const AT = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

/** What stands before the length, and is not counted by it. */
export const LENGTH_OVERHEAD = AT.leaderEpoch;
export const MAGIC = 2;

/** Bits of a batch's attributes. */
export const ATTRIBUTE = { codec: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;
