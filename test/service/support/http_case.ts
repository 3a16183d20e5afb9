import type sinon from 'sinon';
import { NotPublished, TooLarge } from '../../../internal/entity/errors.js';
import { type StubbedApi } from './stubbed_api.js';

/** What a request holds. */
export interface Sent {
  /** Below the prefix, with a query; default: the path as it is declared, with `{id}` being `u-1`. */
  path?: string;
  body?: unknown;
}

/** A request, the use case behind it, and what that does for the request to be answered with the status. */
export interface HttpCase extends Sent {
  /** As in `POST /users`. */
  operation: string;
  status: number;
  stub: (api: StubbedApi) => sinon.SinonStub;
  /** An error is thrown, anything else returned. */
  outcome: unknown;
}

/**
 * What a command answers when its event is stored.
 * @public
 */
export const recorded = { id: 'u-1', eventId: 'e-1', topic: 'a-topic', partition: 0, offset: '1' };

/** What it fails with when that is not known. */
export const unconfirmed = new NotPublished('unknown', 'e-1');

/** What it fails with when its topic does not take an event of that size. */
export const tooLarge = new TooLarge('EVENT_TOO_LARGE', 'It is.');

/** The cases of one operation: what its use case does, by the status that follows. */
export function answers(
  operation: string,
  stub: HttpCase['stub'],
  sent: Sent,
  outcomes: Readonly<Record<number, unknown>>,
): HttpCase[] {
  return Object.entries(outcomes).map(([status, outcome]) => ({
    operation,
    status: Number(status),
    stub,
    outcome,
    ...sent,
  }));
}
