import { expect } from 'chai';
import { loadConfig } from '../../config/config.js';
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
});
