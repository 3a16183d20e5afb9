import { inject, injectable } from 'inversify';
import {
  type ConsumerStatus,
  EventBus,
  type FollowerStatus,
  KafkaRepository,
  type ProducerStatus,
} from '../../repo/contracts.js';
import { type Health, type HealthCheck, type HealthReport } from '../contracts.js';

/** Milliseconds for which what the brokers answered is believed, so that probes do not become a load. */
const BELIEVED_MS = 2_000;

/**
 * Milliseconds that messages may wait for their acknowledgement: the partitions of a node that fails have another
 * leader before that, unless too few nodes are left.
 */
const ACKNOWLEDGED_WITHIN_MS = 15_000;

const PASS: HealthCheck = { status: 'pass' };

/**
 * Ready means that work gets done here: a broker answers, every consumer that should run is in its group and
 * none of its partitions stands still at a failing message, what is sent gets acknowledged, and the views have
 * caught up and read on. What an operator has switched off is a warning, since an instance may well serve
 * without it.
 */
@injectable()
export class HealthUseCase implements Health {
  private lastPing: { at: number; answer: Promise<HealthCheck> } | undefined;

  constructor(
    @inject(KafkaRepository) private readonly kafka: KafkaRepository,
    @inject(EventBus) private readonly events: EventBus,
  ) {}

  async readiness(): Promise<HealthReport> {
    const { producerEnabled, consumerEnabled, producer, consumers } = this.kafka.getStatus();
    const checks: Record<string, HealthCheck> = { broker: await this.broker() };
    if (!producerEnabled) checks['producer'] = { status: 'warn', detail: 'is switched off' };
    else Object.assign(checks, checkProducer(producer));
    if (!consumerEnabled) checks['consumers'] = { status: 'warn', detail: 'are switched off' };
    for (const consumer of consumerEnabled ? consumers : []) {
      checks[`consumer ${consumer.groupId}`] = checkConsumer(consumer);
    }
    for (const follower of this.events.following()) checks[`view of ${follower.topic}`] = checkView(follower);
    const found = new Set(Object.values(checks).map(({ status }) => status));
    return { status: found.has('fail') ? 'fail' : found.has('warn') ? 'warn' : 'pass', checks };
  }

  private broker(): Promise<HealthCheck> {
    // The time of day may be put back, and what was answered before would be believed until it is reached again.
    const now = performance.now();
    if (this.lastPing === undefined || now - this.lastPing.at > BELIEVED_MS) {
      const answer = this.kafka.ping().then(
        () => PASS,
        (error: unknown): HealthCheck => ({ status: 'fail', detail: textOf(error) }),
      );
      this.lastPing = { at: now, answer };
    }
    return this.lastPing.answer;
  }
}

/** Nothing to say while messages come through; where only some wait, other requests are served still. */
function checkProducer({ acknowledgedMsAgo, unacknowledged }: ProducerStatus): Record<string, HealthCheck> {
  const late = unacknowledged.filter(({ forMs }) => forMs >= ACKNOWLEDGED_WITHIN_MS);
  if (late.length === 0) return {};
  const detail = `waits for acknowledgements: ${namesOf(late)}${whyOf(late)}`;
  const nothingComesThrough = (acknowledgedMsAgo ?? Infinity) >= ACKNOWLEDGED_WITHIN_MS;
  return { producer: { status: nothingComesThrough ? 'fail' : 'warn', detail } };
}

function checkConsumer({
  state,
  reason,
  stoppedPartitions,
  blockedPartitions,
  unreadablePartitions,
  waitingPartitions,
  flooded,
}: ConsumerStatus): HealthCheck {
  if (state !== 'running') return fail(`is ${state}${whyOf([{ reason }])}`);
  if (flooded) return fail('pauses: too many messages failed');
  if (stoppedPartitions.length > 0)
    return fail(`stopped at a failing message: ${namesOf(stoppedPartitions)}`);
  if (blockedPartitions.length > 0) {
    return fail(`cannot set a message aside: ${namesOf(blockedPartitions)}${whyOf(blockedPartitions)}`);
  }
  if (unreadablePartitions.length > 0) {
    return fail(`cannot read: ${namesOf(unreadablePartitions)}${whyOf(unreadablePartitions)}`);
  }
  // Another instance would have to wait as well.
  if (waitingPartitions.length > 0) {
    return { status: 'warn', detail: `waits for what a handler needs: ${namesOf(waitingPartitions)}` };
  }
  return PASS;
}

function fail(detail: string): HealthCheck {
  return { status: 'fail', detail };
}

function namesOf(partitions: ConsumerStatus['stoppedPartitions']): string {
  return partitions.map(({ topic, partition }) => `${topic}[${partition}]`).join(', ');
}

/** Each reason once, however many it holds up. */
function whyOf(heldUp: readonly { readonly reason: string | null | undefined }[]): string {
  const reasons = [...new Set(heldUp.flatMap(({ reason }) => reason ?? []))];
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}

function checkView({ caughtUp, stuckAt, reason }: FollowerStatus): HealthCheck {
  if (stuckAt !== undefined) return fail(`cannot read on at ${stuckAt}${whyOf([{ reason }])}`);
  return caughtUp ? PASS : { status: 'fail', detail: 'is catching up' };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
