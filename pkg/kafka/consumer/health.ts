import type { ConsumerStatus } from './consumer_status.js';

/** `problems` is empty exactly when `ok`. */
export interface KafkaHealth {
  readonly ok: boolean;
  readonly problems: readonly string[];
  /** What stands still and will go on by itself or was paused on purpose. */
  readonly waiting: readonly string[];
}

/** How groups that should run are. */
export function healthOf(groups: readonly ConsumerStatus[]): KafkaHealth {
  const problems = groups.flatMap(problemsOf);
  return { ok: problems.length === 0, problems, waiting: groups.flatMap(waitingOf) };
}

function problemsOf({
  groupId,
  state,
  reason,
  stoppedPartitions,
  partitions,
  flooded,
}: ConsumerStatus): string[] {
  return [
    ...(state === 'running' ? [] : [`group ${groupId} is ${state}${reason === null ? '' : `: ${reason}`}`]),
    ...(flooded ? [`group ${groupId} paused: too many messages failed for good`] : []),
    ...stoppedPartitions.map(
      ({ topic, partition, offset, cause }) =>
        `group ${groupId} stopped at ${topic}/${partition} offset ${offset}: ${cause}`,
    ),
    ...partitions.flatMap(({ topic, partition, unreadable }) =>
      unreadable === null ? [] : [`group ${groupId} cannot read ${topic}/${partition}: ${unreadable}`],
    ),
    ...partitions.flatMap(({ topic, partition, deadLetterError }) =>
      deadLetterError === null
        ? []
        : [`group ${groupId} cannot write a dead letter of ${topic}/${partition}: ${deadLetterError}`],
    ),
  ];
}

function waitingOf({ groupId, partitions }: ConsumerStatus): string[] {
  return partitions.flatMap(({ topic, partition, holds }) => [
    ...(holds.includes('paused') ? [`group ${groupId} is paused at ${topic}/${partition}`] : []),
    ...(holds.includes('infrastructure')
      ? [`group ${groupId} waits at ${topic}/${partition} for something that its handler needs`]
      : []),
  ]);
}
