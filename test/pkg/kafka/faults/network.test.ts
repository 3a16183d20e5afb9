import { startBroker } from '../../../../pkg/devbroker/index.js';
import { networkSuite } from '../apache/network_suite.js';
import { stormSuite } from '../apache/storm_suite.js';

networkSuite('embedded', () => startBroker({ port: 0 }));
stormSuite('embedded', () => startBroker({ port: 0 }));
