import { startTestKafka } from '../../../support/apache_kafka.js';
import { networkSuite } from './network_suite.js';
import { stormSuite } from './storm_suite.js';

networkSuite('Apache Kafka', () => startTestKafka('network'));
stormSuite('Apache Kafka', () => startTestKafka('storm'));
