import { runCommand } from '../run_command.js';
import { kafkaClass } from './broker_process.js';
import { ensureKafkaJars } from './jars.js';
import { findJava } from './toolchain.js';

const ANSWER_MS = 30_000;

/**
 * The id of the node that leads the controllers. Metadata names any node as the controller, so that one of
 * Kafka's own tools is asked.
 * @throws Error with its output where it does not say.
 */
export async function activeController(brokers: readonly string[]): Promise<number> {
  const tool = kafkaClass(await ensureKafkaJars(), 'org.apache.kafka.tools.MetadataQuorumCommand');
  const args = [...tool, '--bootstrap-server', brokers.join(','), 'describe', '--status'];
  const answer = await runCommand(await findJava(), args, { timeoutMs: ANSWER_MS });
  const found = /LeaderId:\s+(\d+)/.exec(answer?.output ?? '');
  if (found === null)
    throw new Error(`no controller leads at ${brokers.join(', ')}: ${answer?.output ?? ''}`);
  return Number(found[1]);
}
