import { outcomeOf } from '../errors.js';
import { defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { int16, int32, int64, nullableString, since, struct } from '../wire/schema.js';

const NO_PRODUCER = { producerId: -1n, producerEpoch: -1 };

/**
 * InitProducerId 0 to 3, for idempotent producers: always a fresh id, also for a producer that names the one it has.
 * Only for transactions does the broker raise epochs, as in Apache Kafka.
 */
export const initProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({
    transactionalId: nullableString,
    transactionTimeoutMs: int32,
    producerId: since(3, int64, -1n),
    producerEpoch: since(3, int16, -1),
  }),
  response: struct({ throttleTimeMs: int32, errorCode: int16, producerId: int64, producerEpoch: int16 }),
  handle(request, { broker, faults }) {
    const injected = faults.errorFor();
    if (injected !== 0) return { throttleTimeMs: 0, errorCode: injected, ...NO_PRODUCER };
    if (request.transactionalId !== null) {
      return { throttleTimeMs: 0, errorCode: ErrorCode.INVALID_REQUEST, ...NO_PRODUCER };
    }
    let next = NO_PRODUCER;
    const { errorCode } = outcomeOf(() => {
      next = broker.producerIds.next();
    });
    // What Apache Kafka answers while it has no id to give; clients try again.
    return { throttleTimeMs: 0, errorCode: errorCode && ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ...next };
  },
});
