/** What programs and examples may use of the service. */
export { buildContainer } from './container.js';
export { eventComponents } from './components.js';
export { openOperatorTools } from './operator_tools.js';
export { runConsumers, runService } from './run.js';
export { BrokerHandle } from './tokens.js';
export { EventObserver, KafkaRepository, Logger, type StoredEvent } from '../repo/contracts.js';
export { TranslationEvents, UserEvents } from '../usecase/contracts.js';
