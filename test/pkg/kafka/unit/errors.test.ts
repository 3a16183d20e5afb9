import { expect } from 'chai';
import {
  AdminFailed,
  AdminRefused,
  BrokerUnreachable,
  ConsumerDisabled,
  GroupNotEmpty,
  ProducerDisabled,
  UnknownGroup,
  UnknownTopic,
} from '../../../../pkg/kafka/index.js';

describe('what errors say', () => {
  for (const error of [
    new UnknownTopic('orders'),
    new ProducerDisabled(),
    new ConsumerDisabled(),
    new UnknownGroup('g'),
    new GroupNotEmpty('g', []),
    new AdminRefused('list topics', 'no rights'),
    new AdminFailed('list topics', 'no answer'),
    new BrokerUnreachable(['kafka:9092'], 'ECONNREFUSED'),
  ]) {
    it(`is for operators, who call no functions: ${error.code}`, () => {
      expect(error.message).not.to.match(/\w\(\)|: true/);
    });
  }
});
