import { type BrokerState } from './state.js';
import { SettingType, topicSettings } from './topic_settings.js';

/** Where a setting's value comes from, numbered as in the protocol. */
export const ConfigSource = { topic: 1, staticBroker: 4, fallback: 5 } as const;

/** What a configuration belongs to, numbered as in the protocol. */
export const ConfigResource = { topic: 2, broker: 4 } as const;

/** A setting with its value, as DescribeConfigs and CreateTopics answer it. */
export interface ConfigEntry {
  name: string;
  value: string | null;
  readOnly: boolean;
  source: number;
  /** A number of {@link SettingType}. */
  type: number;
  /** What the value is taken from, nearest first. */
  synonyms: { name: string; value: string | null; source: number }[];
}

type Options = BrokerState['options'];

/** The value of a topic's setting: the topic's own, else the broker's default. */
export function settingOf(configs: ReadonlyMap<string, string>, name: string, options: Options): string {
  const own = configs.get(name);
  if (own !== undefined) return own;
  const setting = topicSettings.get(name);
  if (!setting) throw new Error(`${name} is no setting of a topic`);
  return name === 'max.message.bytes' ? String(options.maxMessageBytes) : setting.fallback;
}

/** Every setting of a topic. */
export function topicConfigs(configs: ReadonlyMap<string, string>, options: Options): ConfigEntry[] {
  const none: ReadonlyMap<string, string> = new Map();
  return [...topicSettings.values()].map(({ name, type, brokerName }) => {
    const own = configs.get(name);
    const fallback = settingOf(none, name, options);
    return {
      name,
      value: own ?? fallback,
      readOnly: false,
      source: own === undefined ? ConfigSource.fallback : ConfigSource.topic,
      type: SettingType[type],
      synonyms: [
        ...(own === undefined ? [] : [{ name, value: own, source: ConfigSource.topic }]),
        ...(brokerName === null
          ? []
          : [{ name: brokerName, value: fallback, source: ConfigSource.fallback }]),
      ],
    };
  });
}

/** Every setting of a node. They come from the options that the broker was started with: none can be altered. */
export function brokerConfigs({ options, nodes }: BrokerState, nodeId: number): ConfigEntry[] {
  const node = nodes.find(({ id }) => id === nodeId);
  const listener = node ? `PLAINTEXT://${node.host}:${node.port}` : '';
  const started: [name: string, type: keyof typeof SettingType, value: string][] = [
    ['advertised.listeners', 'list', listener],
    ['auto.create.topics.enable', 'boolean', String(options.autoCreatePartitions > 0)],
    ['default.replication.factor', 'int', '1'],
    ['group.initial.rebalance.delay.ms', 'int', String(options.initialRebalanceDelayMs)],
    ['listeners', 'list', listener],
    ['node.id', 'int', String(nodeId)],
    ['num.partitions', 'int', String(options.autoCreatePartitions || options.defaultPartitions)],
    ['socket.request.max.bytes', 'int', String(options.maxRequestBytes)],
  ];
  const ofTopics = [...topicSettings.values()].flatMap(({ name, type, brokerName }) =>
    brokerName === null ? [] : [brokerEntry(brokerName, type, settingOf(new Map(), name, options))],
  );
  return [
    ...started.map(([name, type, value]) => ({
      ...brokerEntry(name, type, value),
      source: ConfigSource.staticBroker,
      synonyms: [{ name, value, source: ConfigSource.staticBroker }],
    })),
    ...ofTopics,
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function brokerEntry(name: string, type: keyof typeof SettingType, value: string): ConfigEntry {
  const source = ConfigSource.fallback;
  return {
    name,
    value,
    readOnly: true,
    source,
    type: SettingType[type],
    synonyms: [{ name, value, source }],
  };
}
