export {
  KafkaAdmin,
  type EnsuredTopic,
  type GroupOffset,
  type PartitionLag,
  type TopicDescription,
  type TopicOffset,
} from './admin.js';
export type { TopicDifference } from './admin/differences.js';
export { failureTopicSpecs, type FailurePlan } from './admin/failure_plan.js';
export { missingTopics } from './admin/missing_topics.js';
export {
  applyTopics,
  driftOf,
  type AppliedTopic,
  type JudgedDifference,
  type TopicDrift,
} from './admin/topic_plan.js';
export type { Compression } from './codecs/codec.js';
export type { ConsumerEvent, ConsumerEventListener, StoppedPartition } from './consumer/events.js';
export type { ConsumerState, ConsumerStatus } from './consumer/consumer_status.js';
export { GroupConsumer } from './consumer/group_consumer.js';
export type { KafkaHealth } from './consumer/health.js';
export type { GroupOptions, RetryPolicy, SubscriptionOptions } from './consumer/options.js';
export type { PartitionStatus } from './consumer/partition_status.js';
export type { Hold } from './consumer/hold.js';
export type { DeadLetter, DeadLetterFilter } from './desk/dead_letter.js';
export { DeadLetterDesk, type DeadLetterDeskOptions } from './desk/dead_letter_desk.js';
export type { Decision } from './desk/decisions.js';
export {
  DriverError,
  type Isolation,
  type KafkaDriver,
  type ReadRecord,
  type SocketFactory,
  type TopicPartition,
  type TopicSpec,
} from './driver.js';
export * from './errors.js';
export { type OffsetTarget, within } from './offset_target.js';
export { classifyFailure, type FailureClass, type FailureClassifier } from './failures/classify.js';
export type { FailureDetails } from './failures/dead_letter_headers.js';
export * from './failures/errors.js';
export type { FloodLimits } from './failures/flood_guard.js';
export type { FailureTopicLayout, FailureTopics } from './failures/provisioning.js';
export { deadLetterTopic, retryTopic } from './failures/topic_names.js';
export { TopicFollower, type FollowerStatus, type TopicFollowerOptions } from './follower/topic_follower.js';
export { createKafkajsDriver, type KafkajsDriverOptions } from './kafkajs/driver.js';
export {
  KafkaManager,
  type ConsumerTarget,
  type KafkaManagerOptions,
  type KafkaStatus,
  type SendOptions,
} from './manager.js';
export type {
  Bytes,
  HandlerContext,
  IncomingMessage,
  MessageHandler,
  OutgoingHeaders,
  OutgoingMessage,
  PublishReceipt,
} from './message.js';
export { ConsumerMetrics } from './metrics/consumer_metrics.js';
export { GroupPositions, type GroupPositionsOptions } from './metrics/group_positions.js';
export { MessageMetrics } from './metrics/message_metrics.js';
export { partitionForKey } from './partitioner.js';
export type { ProducerOptions } from './producer/options.js';
export {
  readPartition,
  type ReadBatch,
  type ReadOptions,
  type ReadPartition,
} from './reader/partition_reader.js';
export {
  readableMessage,
  type MessageLike,
  type ReadableBytes,
  type ReadableMessage,
} from './reader/readable.js';
export type { ReceiveFrom, ReceiveRequest } from './reader/receive_one.js';
export { Receiver } from './reader/receiver.js';
export { Producer, type PublishOptions } from './producer/producer.js';
export { clearTextSecret, isLoopback } from './security/clear_text.js';
export { certificatesFault, keyFault } from './security/pem.js';
export type { SaslOptions } from './security/sasl.js';
export type { Secret } from './security/secret.js';
export type { TlsOptions } from './security/tls.js';
export { tokenEndpointFault } from './security/token_endpoint.js';
export { clientCredentials } from './security/token_source.js';
export { waitForBroker } from './wait_for_broker.js';
