export { startBroker, type Broker } from './broker.js';
export { type BrokerNode } from './state.js';
export { type BrokerOptions } from './options.js';
export { BrokerError } from './errors.js';
export { type Clock } from './clock.js';
