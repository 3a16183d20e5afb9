export * from './errors/administration.js';
export * from './errors/consuming.js';
export * from './errors/kafka_error.js';
export * from './errors/producing.js';
export * from './errors/reading.js';
