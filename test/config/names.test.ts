import { expect } from 'chai';
import fc from 'fast-check';
import { loadConfig } from '../../config/config.js';
import { didYouMean, editDistance } from '../../config/did_you_mean.js';
import { problemsOf } from './support.js';

describe('config: names', () => {
  const foreign: Readonly<Record<string, readonly string[]>> = {
    proxies: ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY'],
    'Kafka images': [
      'KAFKA_ADVERTISED_LISTENERS',
      'KAFKA_LISTENER_SECURITY_PROTOCOL_MAP',
      'KAFKA_CONTROLLER_QUORUM_VOTERS',
      'KAFKA_CFG_PROCESS_ROLES',
      'KAFKA_LOG_DIRS',
      'KAFKA_BROKER_ID',
      'KAFKA_NUM_PARTITIONS',
      'KAFKA_AUTO_CREATE_TOPICS_ENABLE',
      'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR',
    ],
    'Kafka scripts': ['KAFKA_HOME', 'KAFKA_OPTS', 'KAFKA_HEAP_OPTS', 'KAFKA_JMX_PORT', 'LOG_DIR'],
    Kubernetes: ['KAFKA_SERVICE_HOST', 'KAFKA_SERVICE_PORT_CLIENT', 'KAFKA_PORT_9092_TCP_ADDR', 'APP_PORT'],
    others: ['APP_HOME', 'KAFKAJS_LOG_LEVEL', 'HTTPD_PORT', 'APPLE', 'kafka_broker'],
  };
  for (const [owner, names] of Object.entries(foreign)) {
    it(`passes over names that belong to others: ${owner}`, () => {
      const env = Object.fromEntries(names.map((name) => [name, 'tcp://10.0.0.1:9092']));
      expect(loadConfig({ env })).to.deep.equal(loadConfig({ env: {} }));
    });
  }

  const misspelt: Readonly<Record<string, string>> = {
    KAFKA_BROKER: 'did you mean KAFKA_BROKERS?',
    KAFKA_PRODUCER_ENABLED: 'did you mean KAFKA_CONTROL_PRODUCER_ENABLED?',
    KAFKA_CONTROLS_PRODUCER_ENABLED: 'did you mean KAFKA_CONTROL_PRODUCER_ENABLED?',
    LOG_LEVL: 'did you mean LOG_LEVEL?',
    HTTP_TOKEN: 'did you mean HTTP_CONTROL_TOKEN?',
    LOG_ROTATION: 'remove it; known here: LOG_LEVEL, LOG_FORMAT',
    APP_NAMES: 'did you mean APP_NAME?',
  };
  for (const [name, mend] of Object.entries(misspelt)) {
    it(`refuses ${name}: ${mend}`, () => {
      expect(problemsOf({ env: { [name]: 'x' } }).map((problem) => problem.mend)).to.deep.equal([mend]);
    });
  }

  it('measures the same distance both ways, and none only between equal texts', () => {
    const text = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', '😀') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a, b)).to.equal(editDistance(b, a));
        expect(editDistance(a, b) === 0).to.equal(a === b);
        expect(editDistance(a, b)).to.be.at.most(Math.max(Array.from(a).length, Array.from(b).length));
      }),
    );
  });

  it('measures one for one character inserted, removed, replaced or swapped with its neighbour', () => {
    const any = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(any, any, (before, after) => {
        expect(editDistance(`${before}x${after}`, before + after)).to.equal(1);
        expect(editDistance(`${before}\u0001${after}`, `${before}\u0002${after}`)).to.equal(1);
        expect(editDistance(`${before}\u0001\u0002${after}`, `${before}\u0002\u0001${after}`)).to.equal(1);
      }),
    );
  });

  it('proposes the nearest name, and none where nothing is near', () => {
    expect(didYouMean('portt', ['HOST', 'PORT'])).to.equal('PORT');
    expect(didYouMean('COLOUR', ['HOST', 'PORT'])).to.equal(undefined);
    expect(didYouMean('X', [])).to.equal(undefined);
  });
});
