import {
  GroupNotEmpty,
  KafkaError,
  type ReceiveFrom,
  receiveOne,
  UnknownTopic,
} from '../../../../pkg/kafka/index.js';
import { Conflict, NotFound, Unavailable } from '../../../entity/errors.js';
import { type ReceivedMessage } from '../../contracts.js';

/** Receives single messages in the name of a group that nobody else consumes by. */
export class MessageReceiver {
  constructor(private readonly from: ReceiveFrom) {}

  /**
   * As {@link receiveOne}, in the service's own terms.
   * @throws NotFound for an unknown topic, Conflict while the group has members, Unavailable
   */
  async receive(topic: string, groupId: string, signal: AbortSignal): Promise<ReceivedMessage | undefined> {
    try {
      return await receiveOne(this.from, { topic, groupId, signal });
    } catch (error) {
      throw inOurTerms(error);
    }
  }
}

function inOurTerms(error: unknown): unknown {
  if (error instanceof UnknownTopic)
    return new NotFound('TOPIC_NOT_FOUND', `There is no topic ${error.topic}.`);
  if (error instanceof GroupNotEmpty) {
    const why = `Group ${error.groupId} has members, to whom the message belongs.`;
    return new Conflict('GROUP_IN_USE', why, { cause: error });
  }
  if (!(error instanceof KafkaError)) return error;
  return new Unavailable('KAFKA_UNAVAILABLE', 'The brokers could not be asked.', { cause: error });
}
