import { guardedRead } from '../async.js';
import {
  AccessDenied,
  AdminFailed,
  BrokerUnreachable,
  KafkaClosed,
  ProducerDisabled,
  PublishNotSent,
  PublishOutcomeUnknown,
  QueueFull,
} from '../errors.js';
import { InfrastructureError, NonRetryableError } from './errors.js';

/**
 * - `retry`: worth another attempt; after the last one the message has failed for good
 * - `fatal`: no attempt can succeed; the message has failed for good
 * - `infrastructure`: not the message's fault; its partition waits until an attempt gets through
 */
export type FailureClass = 'retry' | 'fatal' | 'infrastructure';

/** Tells what a handler's failure means. Gets whatever was thrown. */
export type FailureClassifier = (thrown: unknown) => FailureClass;

const OURS = [
  InfrastructureError,
  ProducerDisabled,
  BrokerUnreachable,
  AccessDenied,
  AdminFailed,
  KafkaClosed,
  QueueFull,
  PublishNotSent,
  PublishOutcomeUnknown,
];
const UNREACHABLE = /^(ECONN[A-Z]*|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/;
/** SQLSTATE classes: connection exception, insufficient resources, operator intervention. */
const SQLSTATE = /^(08|53|57)[0-9A-Z]{3}$/;
const MAX_DEPTH = 16;

/**
 * `NonRetryableError` is fatal. `InfrastructureError`, errors of this package's calls that say nothing
 * about the message, and errors with a code of the network (`ECONNREFUSED`, `ETIMEDOUT`, ...) or an SQLSTATE
 * of class 08, 53 or 57 are infrastructure. All else is tried again. The outermost error decides; one that
 * has no class of its own is judged by its `cause`.
 */
export function classifyFailure(thrown: unknown): FailureClass {
  return guardedRead(() => classOf(thrown), 'retry');
}

function classOf(thrown: unknown): FailureClass {
  let error = thrown;
  for (let depth = 0; depth < MAX_DEPTH && error instanceof Error; depth += 1) {
    if (error instanceof NonRetryableError) return 'fatal';
    if (OURS.some((type) => error instanceof type) || hasInfrastructureCode(error)) return 'infrastructure';
    error = error.cause;
  }
  return 'retry';
}

function hasInfrastructureCode(error: Error): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && (UNREACHABLE.test(code) || SQLSTATE.test(code));
}
