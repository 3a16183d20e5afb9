import { expect } from 'chai';
import { startBroker } from '../../../pkg/devbroker/index.js';
import { eventually } from '../../support/eventually.js';
import { Program } from '../../support/program.js';
import { type LoadReport, sigtermUnderLoad } from './sigterm_under_load.js';
import { translationsIn } from './translations_in_topic.js';

async function urlOf(program: Program): Promise<string> {
  const [, url] = await program.shows(/HTTP\s+(http:\/\/[^/\s]+)/);
  return String(url);
}

/**
 * Stops the service in the middle of a load of translation requests, which its own consumer answers, and holds
 * it to its promises: exit 0, nothing that was accepted is lost, not ready before the listener closes, and a
 * second run completes what is left, each translation once.
 */
export async function stopUnderLoad({
  rate,
  forMs,
  drainMs = 3_000,
}: {
  rate: number;
  forMs: number;
  /** For the service to say that it is not ready, however busy the machine is. */
  drainMs?: number;
}): Promise<LoadReport & { handledMeanwhile: number }> {
  const broker = await startBroker();
  const brokers = broker.brokers;
  const own = { HTTP_PORT: '0', LOG_FORMAT: 'pretty', KAFKA_BROKERS: brokers.join(',') };
  const settings = { ...own, HTTP_DRAIN_DELAY: String(drainMs), HTTP_SHUTDOWN_TIMEOUT: '60000' };
  const programs: Program[] = [];
  const start = async (): Promise<Program> => {
    const program = new Program('cmd/app/main', { env: settings });
    programs.push(program);
    await program.shows(/is ready/);
    return program;
  };
  try {
    const first = await start();
    const report = await sigtermUnderLoad(first, { url: await urlOf(first), rate, forMs });
    expect(await first.exit(), first.stdout.slice(-2_000) + first.stderr).to.equal(0);
    expect(report.accepted.size).to.be.greaterThan(0);
    expect([...report.refused.keys()]).to.deep.equal([]);
    expect(report.lost).to.equal(0);
    expect(report.firstNotReady).to.be.lessThan(report.firstRefused ?? Infinity);

    const left = await translationsIn(brokers);
    expect([...report.accepted].filter((id) => !left.requested.has(id))).to.deep.equal([]);
    const second = await start();
    await eventually(
      async () => {
        const { requested, completed } = await translationsIn(brokers);
        return [...requested].every((id) => completed.get(id) === 1);
      },
      { timeoutMs: 60_000, what: 'every translation is completed, by one event' },
    );
    second.kill('SIGTERM');
    expect(await second.exit()).to.equal(0);
    return { ...report, handledMeanwhile: left.completed.size };
  } finally {
    for (const program of programs) program.kill('SIGKILL');
    await Promise.all(programs.map((program) => program.exit()));
    await broker.stop();
  }
}
