export { startBroker, type Broker, type BrokerNode } from './broker.js';
export { type BrokerOptions } from './options.js';
export { BrokerError } from './errors.js';
export { type Clock } from './clock.js';
