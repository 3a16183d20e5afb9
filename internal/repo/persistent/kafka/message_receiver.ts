import {
  AdminRefused,
  GroupNotEmpty,
  KafkaError,
  ReadRefused,
  type Receiver,
  UnknownTopic,
} from '../../../../pkg/kafka/index.js';
import { Conflict, NotAllowed, NotFound, Unavailable } from '../../../entity/errors.js';
import { type ReceivedMessage, type ReceiveOptions } from '../../contracts.js';

/** Receives single messages in the name of a group that nobody else consumes by. */
export class MessageReceiver {
  constructor(private readonly receiver: Pick<Receiver, 'receive'>) {}

  /**
   * As {@link Receiver.receive}, in the service's own terms.
   * @throws NotFound for an unknown topic, Conflict while the group has members, NotAllowed, Unavailable
   */
  async receive(
    topic: string,
    groupId: string,
    { timeoutMs, signal = new AbortController().signal }: ReceiveOptions,
  ): Promise<ReceivedMessage | undefined> {
    try {
      return await this.receiver.receive({ topic, groupId, timeoutMs, signal });
    } catch (error) {
      throw inOurTerms(error);
    }
  }
}

function inOurTerms(error: unknown): unknown {
  if (error instanceof UnknownTopic) {
    return new NotFound('TOPIC_NOT_FOUND', `There is no topic ${error.topic}.`, { cause: error });
  }
  if (error instanceof GroupNotEmpty) {
    const why = `Group ${error.groupId} has members, to whom the message belongs.`;
    return new Conflict('GROUP_IN_USE', why, { cause: error });
  }
  if (error instanceof AdminRefused || error instanceof ReadRefused) {
    return new NotAllowed('REFUSED_BY_BROKERS', 'The brokers refuse it to this service.', { cause: error });
  }
  if (!(error instanceof KafkaError)) return error;
  const what = 'The brokers did not answer as they should; the group may have moved on by a message.';
  return new Unavailable('KAFKA_UNAVAILABLE', what, { cause: error });
}
