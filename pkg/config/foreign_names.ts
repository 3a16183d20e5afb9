/**
 * Environment names that begin like keys and belong to others. A start must not break where the program
 * shares its environment with them, so they are passed over; every other unknown name is an error.
 */
const FOREIGN: readonly RegExp[] = [
  // Proxy settings that every HTTP client reads.
  /^HTTP_PROXY$/,
  // What Kubernetes sets for a service that is called app, http, log or kafka.
  /_SERVICE_(HOST|PORT)(_|$)/,
  /_PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?$/,
  // Common in base images and start scripts.
  /^APP_(HOME|DIR|USER|UID|GID)$/,
  /^LOG_DIRS?$/,
  // Start scripts of Apache Kafka.
  /^KAFKA_(HOME|VERSION|OPTS|DEBUG|CLUSTER_ID|KRAFT_\w+|\w+_OPTS|JMX_\w+|LOG4J_\w+)$/,
  // Broker properties, as the images take them.
  /^KAFKA_CFG_/,
  /^KAFKA_(ADVERTISED|INTER_BROKER|TRANSACTION|OFFSETS|SOCKET|ZOOKEEPER|CONFLUENT|SHARE_COORDINATOR)_/,
  /^KAFKA_(GROUP_(INITIAL|MIN|MAX|COORDINATOR)|CONTROLLER_(LISTENER|QUORUM)|METADATA_LOG|REMOTE_LOG)_/,
  /^KAFKA_(LISTENERS?|LISTENER_\w+|LOG_\w+|NODE_ID|BROKER_ID|BROKER_RACK|PROCESS_ROLES|REST_\w+)$/,
  /^KAFKA_(NUM_\w+|DEFAULT_REPLICATION_FACTOR|MIN_INSYNC_REPLICAS|(AUTO_CREATE|CREATE|DELETE)_TOPICS?(_ENABLE)?)$/,
  /^KAFKA_(AUTO_LEADER_REBALANCE_ENABLE|MESSAGE_MAX_BYTES|AUTHORIZER_CLASS_NAME|SUPER_USERS|EARLY_START_LISTENERS)$/,
  /^KAFKA_(SASL_(ENABLED_MECHANISMS|MECHANISM_\w+)|SSL_(KEYSTORE|TRUSTSTORE|KEY|CLIENT_AUTH)\w*|SECURITY_INTER_\w+)$/,
];

/** Whether an environment name under the prefix of a group is another program's. */
export function isForeign(name: string, value: string): boolean {
  if (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value)) return true;
  return FOREIGN.some((pattern) => pattern.test(name));
}
