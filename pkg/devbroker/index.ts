export { startBroker, type Broker } from './broker.js';
export { type BrokerNode } from './state.js';
export { startBrokerProcess, type BrokerProcess } from './broker_process.js';
export { type Fault, type FaultOptions } from './faults/fault.js';
export { type BrokerOptions, type BrokerProcessOptions } from './options.js';
export { BrokerError } from './errors.js';
export { StorageError } from './log/storage_error.js';
export { type Outcome, serve, type ServeOptions } from './program/serve.js';
export { shareBroker, type SharedBroker, type ShareOptions } from './shared_broker.js';
export { type Clock } from './clock.js';
export {
  DataFolder,
  DataFolderInUse,
  DataFolderUnfit,
  readRunFile,
  type RunFacts,
  type RunFile,
} from './data_folder.js';
