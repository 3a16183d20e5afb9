/** Where one node of a cluster listens. */
export interface NodeAddress {
  /** 1 and up. */
  id: number;
  port: number;
  controllerPort: number;
}

/** A further way into a node, beside that of plain text. */
export interface Listener {
  protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  port: number;
}

/** What the settings of a node follow from. */
export interface NodePropertiesOptions {
  node: NodeAddress;
  /** Every node of the cluster, this one included. */
  cluster: readonly NodeAddress[];
  /** The folder of its log segments. */
  logDir: string;
  /** Further listeners of this node, by name. */
  listeners?: Readonly<Record<string, Listener>>;
  /** Settings of the caller, which win. */
  extra?: Readonly<Record<string, string>>;
}

/**
 * The server.properties of a KRaft node that is broker and controller at once and listens on loopback only.
 * Replication is as high as the nodes allow, up to 3; with 3 nodes a write needs 2 of them.
 */
export function nodeProperties({
  node,
  cluster,
  logDir,
  listeners = {},
  extra = {},
}: NodePropertiesOptions): string {
  const ways = Object.entries(listeners);
  const open = [
    `PLAINTEXT://127.0.0.1:${node.port}`,
    ...ways.map(([name, { port }]) => `${name}://127.0.0.1:${port}`),
  ];
  const replicas = String(Math.min(cluster.length, 3));
  const minInsync = cluster.length >= 3 ? '2' : '1';
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': cluster
      .map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`)
      .join(','),
    listeners: [...open, `CONTROLLER://127.0.0.1:${node.controllerPort}`].join(','),
    'advertised.listeners': open.join(','),
    'listener.security.protocol.map': [
      'PLAINTEXT:PLAINTEXT',
      'CONTROLLER:PLAINTEXT',
      ...ways.map(([name, { protocol }]) => `${name}:${protocol}`),
    ].join(','),
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,
    'default.replication.factor': replicas,
    'min.insync.replicas': minInsync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInsync,
    'transaction.state.log.num.partitions': '5',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minInsync,
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    // The default of 128 MB is a quarter of the heap that a local node gets.
    'log.cleaner.dedupe.buffer.size': '16777216',
    ...extra,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
