import { type RequestFaults } from '../faults/faults.js';
import { type BrokerState } from '../state.js';
import { type Encoding, type Type } from './schema.js';

/** What a handler knows of the request beside its body. */
export interface RequestContext {
  broker: BrokerState;
  /** The node id of the listener that the request came in on. */
  nodeId: number;
  version: number;
  clientId: string;
  /** The client's address, as Apache Kafka shows it in group descriptions: `/127.0.0.1`. */
  clientHost: string;
  /** What a test wants to go wrong with this request. */
  faults: Pick<RequestFaults, 'errorFor'>;
  /** Aborted when the connection has gone, so that nobody waits on for an answer that cannot be sent. */
  signal: AbortSignal;
}

/** One API of the protocol: its number, the versions served, both messages, and what answers it. */
export interface Api<Q, S> {
  key: number;
  name: string;
  /** Lowest and highest version served, which ApiVersions advertises. */
  versions: readonly [number, number];
  /** A lowest version to advertise that is below the lowest served. */
  advertisedFrom?: number;
  /** The first version with compact lengths and tagged fields, or null when there is none. */
  flexibleSince: number | null;
  request: Type<Q>;
  response: Type<S>;
  /** Answers the request; `null` means that the protocol wants no answer (a produce with acks=0). */
  handle(request: Q, context: RequestContext): S | null | Promise<S | null>;
}

/** An API whose message types no longer matter, as the table of all APIs holds it. */
export type AnyApi = Api<unknown, unknown>;

/** Declares an API; its only work is to infer the message types for the handler. */
export function defineApi<Q, S>(api: Api<Q, S>): AnyApi {
  return api;
}

/** How `version` of the API is encoded. */
export function encodingOf(api: AnyApi, version: number): Encoding {
  return { version, flexible: api.flexibleSince !== null && version >= api.flexibleSince };
}
