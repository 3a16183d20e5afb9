/** Tokens for what only the composition root knows. */
export const Config = Symbol.for('Config');
/** The Kafka client library behind pkg/kafka. */
export const Driver = Symbol.for('KafkaDriver');
export const Topics = Symbol.for('Topics');

/** Multi-injected: each domain, and the name that the configuration gives the topic of its events. */
export const TopicName = Symbol.for('TopicName');

export type TopicName = readonly [domain: string, topic: string];

/** Multi-injected: the routes of each domain, as arrays; served under the prefixes of the API. */
export const ApiRoutes = Symbol.for('ApiRoutes');

/** Multi-injected: what each domain wants handled once the service runs, shared among all instances. */
export const EventConsumer = Symbol.for('EventConsumer');

/** Registers the handlers of one domain. */
export type EventConsumer = () => void;

/** Multi-injected: what each domain wants to be known on every instance before it is ready. */
export const View = Symbol.for('View');

/** Resolves once the view has caught up with its topic. */
export type View = () => Promise<void>;

/** Where the Kafka clients connect to, and how to end what was started for them. */
export interface BrokerHandle {
  readonly brokers: readonly string[];
  /** Which brokers these are, in words for people. */
  readonly where: string;
  /** Stops the broker where it lives in this process; elsewhere it does nothing. */
  stop(): Promise<void>;
}
export const BrokerHandle = Symbol.for('BrokerHandle');
