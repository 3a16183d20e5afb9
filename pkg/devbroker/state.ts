import { type Clock } from './clock.js';
import { type Faults } from './faults/faults.js';
import { type GroupCoordinator } from './group/coordinator.js';
import { type CommittedOffsets } from './group/offsets.js';
import { type ResolvedOptions } from './options.js';
import { type ProducerIds } from './producer_ids.js';
import { type Topics } from './topics.js';

/** A node as clients see it: an id and an address. All nodes of a broker share its state. */
export interface BrokerNode {
  id: number;
  host: string;
  port: number;
}

/** What a client is told of an API. */
export interface ServedApi {
  readonly key: number;
  readonly versions: readonly [number, number];
  readonly advertisedFrom?: number;
}

/** What the APIs work on. */
export interface BrokerState {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly clusterId: string;
  readonly controllerId: number;
  /** The nodes that are up. */
  readonly nodes: readonly BrokerNode[];
  /** The node that coordinates every consumer group; null while it is stopped. */
  readonly coordinatorNode: BrokerNode | null;
  /** Which APIs are served in which versions, by API key. */
  readonly apis: ReadonlyMap<number, ServedApi>;
  readonly topics: Topics;
  /** What tests want to go wrong. */
  readonly faults: Faults;
  readonly groups: GroupCoordinator;
  readonly offsets: CommittedOffsets;
  readonly producerIds: ProducerIds;
  /** The id of the node that leads a partition, up or not. */
  leaderOf(topic: string, partition: number): number;
  /** Tells whoever started the broker what went wrong with a connection or a request. */
  report(message: string, error: unknown): void;
}
