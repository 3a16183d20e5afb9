import type { Call } from './call.js';

const TRANSACTION_TIMEOUT_MS = 60_000;

export interface ProducerIdAnswer {
  readonly errorCode: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** InitProducerId 1: a new id for an idempotent producer. */
export function initProducerId(): Call<ProducerIdAnswer> {
  return {
    api: { key: 22, name: 'InitProducerId', version: 1 },
    write(to) {
      to.string(null).int32(TRANSACTION_TIMEOUT_MS);
    },
    read(from) {
      const throttleMs = from.int32();
      const body = { errorCode: from.int16(), producerId: from.int64(), producerEpoch: from.int16() };
      return { body, throttleMs };
    },
  };
}
