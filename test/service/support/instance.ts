import { type Container } from 'inversify';
import { type Config, loadConfig } from '../../../config/config.js';
import { eventComponents } from '../../../internal/app/components.js';
import { buildContainer, type Overrides } from '../../../internal/app/container.js';
import { apiComponent } from '../../../internal/app/http.js';
import { TopicName, Topics } from '../../../internal/app/tokens.js';
import { EventObserver, Logger, type StoredEvent } from '../../../internal/repo/contracts.js';
import { type TopicSpec, topicsOf } from '../../../internal/repo/persistent/topics.js';
import { Lifecycle } from '../../../pkg/program/lifecycle.js';
import { testBrokers } from '../../support/broker.js';
import { LogBook } from '../../support/log.js';

/** A domain that has a topic in tests, and nothing else. */
export const TEST_DOMAIN = 'things';

export interface InstanceOptions {
  /** Stem of the names of its group and topics; instances that share it work together. */
  prefix: string;
  /** Default: those that the test runs on. */
  brokers?: readonly string[];
  /** Further settings, as on the command line. */
  flags?: Record<string, string>;
  /** What can only be set in the environment: secrets. */
  env?: Record<string, string>;
  overrides?: Overrides;
}

/** An event, and the group that handled it or `view`. */
export interface Consumed {
  stored: StoredEvent;
  reader: string;
}

/** An instance of the service on the brokers of the test, with its HTTP side on a free port. */
export class Instance {
  private constructor(
    readonly container: Container,
    readonly lifecycle: Lifecycle,
    readonly log: LogBook,
    /** What its consumer groups handled, and what its views took in once it was running. */
    readonly consumed: readonly Consumed[],
    private readonly place: { url: string },
  ) {}

  /** An instance that has not been started. */
  static async build({ prefix, brokers, flags, env, overrides }: InstanceOptions): Promise<Instance> {
    const log = new LogBook();
    const consumed: Consumed[] = [];
    const config = configFor(prefix, brokers ?? (await testBrokers()), { flags, env });
    const container = await buildContainer(config, (bindings) => {
      bindings.rebind<Logger>(Logger).toConstantValue(log);
      bindings.rebind<EventObserver>(EventObserver).toConstantValue({
        produced: () => undefined,
        consumed: (stored, _key, reader) => void consumed.push({ stored, reader }),
      });
      bindings.rebind(Topics).toDynamicValue((context) => {
        const replicationFactor = -1;
        const own = { topic: `${prefix}.${TEST_DOMAIN}`, partitions: 3, replicationFactor, configs: {} };
        const named = topicsOf(context.getAll<TopicName>(TopicName), { replicationFactor });
        return new Map([...named, [TEST_DOMAIN, own]]);
      });
      overrides?.(bindings);
    });
    const place = { url: '' };
    const lifecycle: Lifecycle = new Lifecycle({
      components: [
        ...eventComponents(container, { waitForBroker: true }),
        apiComponent(container, { life: () => lifecycle, onListening: (url) => (place.url = url) }),
      ],
      stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
      logger: log,
    });
    return new Instance(container, lifecycle, log, consumed, place);
  }

  get url(): string {
    return this.place.url;
  }

  stop(): Promise<boolean> {
    return this.lifecycle.stop();
  }

  /** The topic of a domain. */
  topic(domain: string): string {
    const spec = this.container.get<ReadonlyMap<string, TopicSpec>>(Topics).get(domain);
    if (!spec) throw new Error(`no topic is of domain ${domain}`);
    return spec.topic;
  }

  call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  /** Sends JSON and reads the JSON that is answered. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
    const response = await this.call(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, body: read, headers: response.headers };
  }
}

function configFor(
  prefix: string,
  brokers: readonly string[],
  {
    flags = {},
    env = {},
  }: { flags: InstanceOptions['flags'] | undefined; env: InstanceOptions['env'] | undefined },
): Config {
  return loadConfig({
    env,
    flags: {
      'KAFKA.BROKERS': brokers.join(','),
      'KAFKA.GROUP_ID': prefix,
      'KAFKA.SESSION_TIMEOUT': '6000',
      ...topicFlags(prefix),
      'HTTP.PORT': '0',
      'HTTP.SHUTDOWN_TIMEOUT': '20000',
      ...flags,
    },
  });
}

/** Every topic under a name of the test's own. */
function topicFlags(prefix: string): Record<string, string> {
  const { TOPICS = {} } = loadConfig({ env: {} }).KAFKA as { TOPICS?: Record<string, string> };
  return Object.fromEntries(
    Object.entries(TOPICS).map(([key, name]) => [`KAFKA.TOPICS.${key}`, `${prefix}.${name}`]),
  );
}

/** Instances that a test started, for its end. */
export class Instances {
  private readonly running: Instance[] = [];

  async start(options: InstanceOptions): Promise<Instance> {
    const instance = await Instance.build(options);
    this.running.push(instance);
    await instance.lifecycle.start();
    return instance;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((instance) => instance.stop()));
  }
}
