import { inject, injectable } from 'inversify';
import { KafkaRepository } from '../../repo/contracts.js';
import { type Health, type HealthCheck, type HealthReport } from '../contracts.js';

/** Ready means: every consumer that should run is in its group, and none of its partitions has stopped. */
@injectable()
export class HealthUseCase implements Health {
  constructor(@inject(KafkaRepository) private readonly kafka: KafkaRepository) {}

  readiness(): HealthReport {
    const { consumers } = this.kafka.getStatus();
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
