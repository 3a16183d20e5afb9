import { type Count, type Distribution, type Metrics } from '../../telemetry/index.js';
import { type ConsumerEvent } from '../consumer/events.js';
import { type PartitionStatus } from '../consumer/partition_status.js';
import { errorClass } from '../failures/failed_message.js';
import { type KafkaManager } from '../manager.js';
import { type GroupPositions } from './group_positions.js';

/** Seconds. */
const HANDLING_TIMES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How the consumers of this instance are doing, for Prometheus. */
export class ConsumerMetrics {
  private readonly handling: Distribution<'topic' | 'group'>;
  private readonly retries: Count<'topic' | 'group' | 'error_type'>;
  private readonly deadLetters: Count<'topic' | 'group' | 'error_type'>;
  private readonly rebalances: Count<'group'>;
  private readonly crashes: Count<'group'>;

  constructor(private readonly metrics: Metrics) {
    this.handling = metrics.histogram({
      name: 'messaging_process_duration_seconds',
      help: 'How long handlers took that succeeded.',
      labels: ['topic', 'group'],
      buckets: HANDLING_TIMES,
    });
    this.retries = metrics.counter({
      name: 'messaging_retries_total',
      help: 'Attempts that failed and are followed by another.',
      labels: ['topic', 'group', 'error_type'],
    });
    this.deadLetters = metrics.counter({
      name: 'messaging_dead_letters_total',
      help: 'Messages that failed for good and were set aside.',
      labels: ['topic', 'group', 'error_type'],
    });
    this.rebalances = metrics.counter({
      name: 'messaging_rebalances_total',
      help: 'How often this instance was given partitions.',
      labels: ['group'],
    });
    this.crashes = metrics.counter({
      name: 'messaging_consumer_crashes_total',
      help: 'How often a consumer ended by itself and was started anew.',
      labels: ['group'],
    });
  }

  /** Counts what happens. */
  readonly observe = (event: ConsumerEvent): void => {
    const { groupId: group } = event;
    switch (event.type) {
      case 'handled':
        this.handling.observe({ topic: event.topic, group }, event.durationMs / 1_000);
        break;
      case 'retried':
        this.retries.add({ topic: event.topic, group, error_type: errorClass(event.error) });
        break;
      case 'dead-lettered':
        this.deadLetters.add({ topic: event.topic, group, error_type: errorClass(event.error) });
        break;
      case 'rebalanced':
        this.rebalances.add({ group });
        break;
      case 'crashed':
        this.crashes.add({ group });
        break;
    }
  };

  /**
   * Tells how the consumers stand whenever the metrics are read.
   * @param positions asks the brokers where fetching does not tell; without it the lag of a partition that is held is
   *   that of its last fetch
   */
  watch(manager: Pick<KafkaManager, 'getStatus'>, positions?: GroupPositions): void {
    const consumers = () => manager.getStatus().consumers;
    this.metrics.gauge({
      name: 'messaging_consumer_up',
      help: '1 while the consumer is in its group.',
      labels: ['group'],
      read: () =>
        consumers().map(({ groupId, state }) => ({
          labels: { group: groupId },
          value: state === 'running' ? 1 : 0,
        })),
    });
    const byPartition = (
      name: string,
      help: string,
      read: (partition: PartitionStatus, groupId: string) => number | undefined,
    ) => {
      this.metrics.gauge({
        name,
        help,
        labels: ['consumergroup', 'topic', 'partition'],
        read: async () => {
          await positions?.refresh(consumers());
          return consumers().flatMap(({ groupId, partitions }) =>
            partitions.map((one) => ({
              labels: { consumergroup: groupId, topic: one.topic, partition: one.partition },
              value: read(one, groupId) ?? -1,
            })),
          );
        },
      });
    };
    byPartition(
      'kafka_consumergroup_lag',
      'Messages of partitions of this instance that are not finished; -1 while that is not known.',
      (one, group) => (positions === undefined ? numberOf(one.lag) : positions.lag(group, one)),
    );
    byPartition(
      'kafka_consumergroup_current_offset',
      'The committed position of the group in partitions of this instance; -1 where it has committed none.',
      (one, group) => (positions === undefined ? numberOf(one.committed) : positions.committed(group, one)),
    );
    byPartition(
      'messaging_inflight_messages',
      'Messages that were read and are not finished.',
      ({ unfinished }) => unfinished,
    );
    byPartition(
      'messaging_paused_partitions',
      '1 while no message of the partition is begun.',
      ({ holds }) => (holds.length > 0 ? 1 : 0),
    );
  }
}

function numberOf(offset: string | null): number | undefined {
  return offset === null ? undefined : Number(offset);
}
