export { currentContext, runWithContext, runWithoutContext, type LogContext } from './context.js';
export { createLogger, type LoggerOptions } from './create_logger.js';
export { kafkajsLogCreator } from './kafkajs_log.js';
export type { LogStream } from './line_sink.js';
export type { Logger, LogFields, LogLevel, RootLogger } from './logger.js';
export { redact, redactText } from './redact.js';
