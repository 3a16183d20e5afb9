import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { toDriverError } from '../../../../../pkg/kafka/kafkajs/errors.js';
import { explainAccess } from '../../../../../pkg/kafka/security/access_failure.js';
import { AccessReport } from '../../../../../pkg/kafka/security/access_report.js';
import { LogBook } from '../../../../support/log.js';

describe('why brokers keep a client out', () => {
  const TOLD: readonly [string, RegExp][] = [
    [
      'self-signed certificate in certificate chain',
      /authority that this client does not trust: give .* as ca/,
    ],
    ['unable to verify the first certificate', /authority that this client does not trust/],
    ["Hostname/IP does not match certificate's altnames: Host: x.", /not for the host name.*server name/],
    ['certificate has expired', /broker's certificate has expired: renew it/],
    [
      'C0:error:0A000415:SSL routines:ssl3_read_bytes:sslv3 alert certificate expired:',
      /this client's certificate has expired/,
    ],
    ['tlsv13 alert certificate required', /asks for a certificate of this client.*give cert and key/],
    ['tlsv1 alert unknown ca', /does not accept this client's certificate: give one that has not expired/],
    ['C0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:', /does not speak TLS/],
    ['SASL SCRAM SHA256 authentication failed: Authentication failed', /user name and password.*check them/],
    [
      'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512',
      /user name and password.*check them/,
    ],
    ['Authentication failed: Invalid username or password', /user name and password.*check them/],
    ['SASL PLAIN mechanism is not supported by the server', /does not offer this SASL mechanism: choose one/],
    ['the token endpoint http://a/ does not answer; check that it runs', /^the token endpoint/],
  ];
  for (const [text, told] of TOLD) {
    it(`is told with its mend, in one line: ${text.slice(0, 40)}`, () => {
      const line = explainAccess(`Connection error: ${text}\n`)?.replace('Connection error: ', '');
      expect(line).to.match(told);
      expect(line?.trim()).to.not.contain('\n');
    });
  }

  it('is not what other failures are', () => {
    expect(explainAccess('connect ECONNREFUSED 127.0.0.1:9092')).to.equal(undefined);
    const error = toDriverError(new kafkajs.KafkaJSConnectionError('Connection timeout'));
    expect(error).to.include({ reason: 'unreachable', denied: false });
  });

  it('is denied, wherever in the chain of causes it stands', () => {
    // kafkajs's types know no constructor of it.
    const cause: unknown = Reflect.construct(kafkajs.KafkaJSSASLAuthenticationError, [
      'SASL PLAIN authentication failed: no',
    ]);
    const error = toDriverError(new Error('crashed', { cause }));
    expect(error).to.include({ reason: 'unreachable', denied: true });
  });

  it('names the right that is missing', () => {
    const refusal = Object.assign(new Error('no'), { type: 'TOPIC_AUTHORIZATION_FAILED' });
    const error = toDriverError(new kafkajs.KafkaJSProtocolError(refusal));
    expect(error.reason).to.equal('refused');
    expect(error.message).to.match(/lacks a right on the topic: grant its user DESCRIBE, and WRITE/);
  });

  it('is logged once a minute after the first connection, and before it not at all', () => {
    const log = new LogBook();
    let now = 0;
    const report = new AccessReport(log, () => now);
    report.failed('x: do y');
    expect(log.lines).to.deep.equal([]);
    report.connected();
    for (now of [0, 1, 59_999]) report.failed('x: do y');
    report.failed('z');
    expect(log.at('error')).to.deep.equal(['Kafka: x: do y', 'Kafka: z']);
    now = 60_000;
    report.failed('x: do y');
    expect(log.at('error')).to.have.length(3);
  });

  it('is one cause however it is worded', () => {
    const log = new LogBook();
    const report = new AccessReport(log);
    report.connected();
    for (const code of ['sslv3 alert certificate unknown', 'tlsv1 alert unknown ca']) {
      const told = explainAccess(code);
      expect(told).to.match(/does not accept this client's certificate/);
      report.failed(told ?? '');
    }
    expect(log.at('error')).to.have.length(1);
  });
});
