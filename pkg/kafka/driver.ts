export type * from './driver/admin.js';
export type * from './driver/consumer.js';
export type * from './driver/driver.js';
export * from './driver/errors.js';
export type * from './driver/producer.js';
export type * from './driver/reader.js';
export type * from './driver/records.js';
