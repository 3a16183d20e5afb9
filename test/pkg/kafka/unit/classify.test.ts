import { expect } from 'chai';
import {
  AccessDenied,
  AdminFailed,
  BrokerUnreachable,
  classifyFailure,
  HandlerTimeout,
  InfrastructureError,
  KafkaClosed,
  NonRetryableError,
  ProducerDisabled,
  PublishNotSent,
  PublishRefused,
  QueueFull,
} from '../../../../pkg/kafka/index.js';
import { HOSTILE_ERRORS } from '../../../support/hostile_errors.js';

const withCode = (code: unknown) => Object.assign(new Error('x'), { code });

describe('classifyFailure', () => {
  it('takes what cannot succeed for fatal', () => {
    expect(classifyFailure(new NonRetryableError('no'))).to.equal('fatal');
  });

  it('takes what is not the fault of the message for infrastructure', () => {
    const errors = [
      new InfrastructureError('down'),
      new ProducerDisabled(),
      new BrokerUnreachable(['b:1'], 'refused'),
      new AccessDenied(['b:1'], 'the certificate has expired'),
      new AdminFailed('list topics', 'no answer'),
      new KafkaClosed('The producer'),
      new PublishNotSent('t', 'its partitions are not known'),
      new QueueFull(1, 1),
      ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN'].map(withCode),
      ...['08006', '53300', '57P01'].map(withCode),
    ];
    for (const error of errors) expect(classifyFailure(error), error.message).to.equal('infrastructure');
  });

  it('takes all else for worth another attempt', () => {
    const others = [
      new Error('x'),
      new TypeError('x'),
      new HandlerTimeout(1),
      new PublishRefused('t', 'too large'),
      withCode('23505'),
      withCode('080061'),
      withCode(8006),
      withCode('ENOENT'),
      'ECONNREFUSED',
      undefined,
    ];
    for (const thrown of others) expect(classifyFailure(thrown), String(thrown)).to.equal('retry');
  });

  for (const { what, thrown } of HOSTILE_ERRORS) {
    it(`takes ${what} for worth another attempt`, () => {
      expect(classifyFailure(thrown)).to.equal('retry');
    });
  }

  it('looks at causes, and lets the outermost error that has a class decide', () => {
    expect(classifyFailure(new Error('save failed', { cause: withCode('ECONNREFUSED') }))).to.equal(
      'infrastructure',
    );
    const explicit = new NonRetryableError('no', withCode('ECONNREFUSED'));
    expect(classifyFailure(new Error('wrapped', { cause: explicit }))).to.equal('fatal');
    const circular = new Error('self');
    circular.cause = circular;
    expect(classifyFailure(circular)).to.equal('retry');
  });
});
