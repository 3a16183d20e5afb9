import { expect } from 'chai';
import { Conflict, NotAllowed, NotFound, Unavailable } from '../../../internal/entity/errors.js';
import { MessageReceiver } from '../../../internal/repo/persistent/kafka/message_receiver.js';
import {
  AdminFailed,
  AdminRefused,
  BrokerUnreachable,
  GroupNotEmpty,
  UnknownTopic,
} from '../../../pkg/kafka/index.js';
import { rejection } from '../../support/caught.js';

describe('receiving a message in the terms of the service', () => {
  for (const [thrown, expected] of [
    [new UnknownTopic('t'), NotFound],
    [new GroupNotEmpty('g', []), Conflict],
    [new AdminRefused('read', 'not for you', undefined), NotAllowed],
    [new BrokerUnreachable(['a:1'], 'ECONNREFUSED'), Unavailable],
    [new AdminFailed('read', 'the brokers did not answer'), Unavailable],
  ] as const) {
    it(`calls ${thrown.constructor.name} ${expected.name}, and keeps what it came from`, async () => {
      const receiver = new MessageReceiver({ receive: () => Promise.reject(thrown) });
      const error = await rejection(receiver.receive('t', 'g', { timeoutMs: 1 }), expected);
      expect(error.cause).to.equal(thrown);
    });
  }
});
