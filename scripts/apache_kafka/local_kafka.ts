import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { type KafkaNode, startKafka } from './cluster.js';
import { composeDown, composeLogs, composeUp, dockerAnswers } from './docker.js';
import { KAFKA_VERSION } from './jars.js';
import { portIsFree } from './ports.js';
import { waitUntilReady } from './readiness.js';
import {
  endRecordedNode,
  isRecordedNode,
  readRunRecord,
  removeRunRecord,
  type RunRecord,
  writeRunRecord,
} from './run_record.js';
import { LockHeldError, NoHardLinksError, underLock } from './start_lock.js';

const READY_MS = 60_000;
const PROBE_MS = 2_000;
const STOP_GRACE_MS = 10_000;
/** A first start downloads the jars or the image. */
const OTHER_START_MS = 300_000;

/** How big a local Apache Kafka is, and where it listens. */
export interface LocalKafka {
  nodes: 1 | 3;
  /** The first node's port; the others follow it. */
  port: number;
}

/** Something the user asked for cannot be had; the message says what would help. */
export class RefusedError extends Error {
  override name = 'RefusedError';
}

/**
 * Starts Apache Kafka, in Docker where an engine answers and out of the jars elsewhere, leaves it running
 * and records it; resolves when clients can work with it. Where one runs already, or is just being started, that is
 * the one that is returned, whatever was wanted.
 * @throws RefusedError where a port is taken, another start takes minutes or no file can be locked; Error where what runs does not
 * answer within a minute; otherwise as startKafka does.
 */
export async function startLocalKafka(
  wanted: LocalKafka,
): Promise<{ readonly record: RunRecord; readonly started: boolean }> {
  const lock = join(projectRoot(), '.data', 'kafka', 'start.lock');
  try {
    // Two that start at once would format the same folder, and the later record would hide the earlier nodes.
    return await underLock(lock, { timeoutMs: OTHER_START_MS }, async () => {
      const running = await runningKafka();
      if (running) return { record: running, started: false };
      // What is left of an earlier run that lost some of its nodes.
      await stopLocalKafka();
      await assertPortsFree(wanted);
      const record = await ((await dockerAnswers()) ? startInDocker(wanted) : startFromJars(wanted));
      return { record, started: true };
    });
  } catch (error) {
    const refused = error instanceof LockHeldError || error instanceof NoHardLinksError;
    throw refused ? new RefusedError(error.message) : error;
  }
}

/**
 * Stops what startLocalKafka left running; its data stay.
 * @returns false where nothing was recorded.
 */
export async function stopLocalKafka(): Promise<boolean> {
  const record = await readRunRecord();
  if (!record) return false;
  // Where Docker is gone, so is what ran in it.
  if (record.runner === 'docker' && (await dockerAnswers())) await composeDown();
  await Promise.all(record.nodes.map((node) => endRecordedNode(node, STOP_GRACE_MS)));
  await removeRunRecord(record);
  return true;
}

/** The addresses that a local Apache Kafka of this kind has, as users would type them. */
export function addresses({ nodes, port }: LocalKafka): string[] {
  return Array.from({ length: nodes }, (_, index) => `localhost:${port + index}`);
}

/** The record of what runs, if anything does. @throws Error where its processes do not answer within a minute. */
async function runningKafka(): Promise<RunRecord | undefined> {
  const record = await readRunRecord();
  if (!record) return undefined;
  if (record.runner === 'jars') {
    const alive = await Promise.all(record.nodes.map(isRecordedNode));
    if (!alive.every(Boolean)) return undefined;
    // It may have been started a moment ago, by one that was interrupted.
    await waitUntilReady({ brokers: record.brokers, timeoutMs: READY_MS });
    return record;
  }
  const answer = waitUntilReady({ brokers: record.brokers, timeoutMs: PROBE_MS });
  return answer.then(
    () => record,
    () => undefined,
  );
}

async function assertPortsFree({ nodes, port }: LocalKafka): Promise<void> {
  for (let each = port; each < port + nodes; each += 1) {
    if (await portIsFree(each)) continue;
    throw new RefusedError(
      `Port ${each} is taken by another program. Stop it, or choose another: make kafka PORT=${port + 1000}`,
    );
  }
}

async function startInDocker(wanted: LocalKafka): Promise<RunRecord> {
  const record: RunRecord = {
    runner: 'docker',
    version: KAFKA_VERSION,
    brokers: addresses(wanted),
    nodes: [],
  };
  await writeRunRecord(record);
  try {
    await composeUp(wanted);
    await waitUntilReady({ brokers: record.brokers, timeoutMs: READY_MS });
  } catch (error) {
    const log = await composeLogs().catch(() => '');
    await stopLocalKafka().catch(() => false);
    throw new Error([error instanceof Error ? error.message : String(error), log].join('\n'), {
      cause: error,
    });
  }
  return record;
}

async function startFromJars(wanted: LocalKafka): Promise<RunRecord> {
  const record: RunRecord = { runner: 'jars', version: KAFKA_VERSION, brokers: addresses(wanted), nodes: [] };
  const keep = async (nodes: readonly KafkaNode[]): Promise<void> => {
    record.nodes = nodes.map(({ pid, properties }) => ({ pid, properties }));
    // Before it answers: an interrupted start can then be stopped, too.
    await writeRunRecord(record);
  };
  try {
    await startKafka({
      ...wanted,
      dataDir: join(projectRoot(), '.data', 'kafka', `cluster_${wanted.nodes}`),
      timeoutMs: READY_MS,
      detached: true,
      onLaunched: keep,
    });
  } catch (error) {
    await removeRunRecord(record);
    throw error;
  }
  return record;
}
