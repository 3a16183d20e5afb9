import { inject, injectable } from 'inversify';
import { KafkaRepository } from '../../repo/contracts.js';
import { type Health, type HealthCheck, type HealthReport } from '../contracts.js';

/** Ready means: every consumer is in its group, unless consuming is switched off, and none of its partitions has stopped. */
@injectable()
export class HealthUseCase implements Health {
  constructor(@inject(KafkaRepository) private readonly kafka: KafkaRepository) {}

  readiness(): HealthReport {
    const { consumerEnabled, consumers } = this.kafka.getStatus();
    // Switched off on purpose, the instance still answers requests, the one to switch it on among them.
    if (!consumerEnabled) return { status: 'pass', checks: {} };
    const checks = Object.fromEntries(
      consumers.map(({ groupId, state, stoppedPartitions }): [string, HealthCheck] => {
        if (state !== 'running') return [`consumer ${groupId}`, { status: 'fail', detail: `is ${state}` }];
        if (stoppedPartitions.length === 0) return [`consumer ${groupId}`, { status: 'pass' }];
        const where = stoppedPartitions.map(({ topic, partition }) => `${topic}[${partition}]`).join(', ');
        return [`consumer ${groupId}`, { status: 'fail', detail: `stopped at a failing message: ${where}` }];
      }),
    );
    const failed = Object.values(checks).some(({ status }) => status === 'fail');
    return { status: failed ? 'fail' : 'pass', checks };
  }
}
