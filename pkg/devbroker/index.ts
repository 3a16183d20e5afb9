export { startBroker, type Broker, type BrokerNode } from './broker.js';
export { type BrokerOptions } from './options.js';
export { type Clock } from './clock.js';
