import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../run_command.js';

/** One broker that `make kafka` left running out of the jars. */
export interface RecordedNode {
  pid: number;
  /** The path of its server.properties, by which its process is recognised. */
  properties: string;
}

/** What `make kafka` left running. */
export interface RunRecord {
  runner: 'docker' | 'jars';
  version: string;
  /** host:port of each node. */
  brokers: string[];
  /** The processes; empty where Docker runs them. */
  nodes: RecordedNode[];
}

const POLL_MS = 50;

const file = (): string => join(projectRoot(), '.data', 'kafka', 'run.json');

/** What `make kafka` recorded, or undefined where nothing is. */
export async function readRunRecord(): Promise<RunRecord | undefined> {
  return existsSync(file()) ? (JSON.parse(await readFile(file(), 'utf8')) as RunRecord) : undefined;
}

/** Records what runs now; a reader never sees half of it. */
export async function writeRunRecord(record: RunRecord): Promise<void> {
  await mkdir(dirname(file()), { recursive: true });
  const temporary = `${file()}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(record, null, 2)}\n`);
  await rename(temporary, file());
}

/** Forgets this record; nothing happens where there is none, or another one by now. */
export async function removeRunRecord(record: RunRecord): Promise<void> {
  if (isDeepStrictEqual(await readRunRecord(), record)) await rm(file(), { force: true });
}

/** Whether the pid still belongs to this broker, and not to a later process that was given the same pid. */
export async function isRecordedNode({ pid, properties }: RecordedNode): Promise<boolean> {
  const command = await commandLine(pid);
  return command.includes('kafka.Kafka') && command.includes(properties);
}

/**
 * Asks the broker to end, kills it when it has not done so in time, and returns when it is gone. Does
 * nothing where the pid is somebody else's by now.
 */
export async function endRecordedNode(node: RecordedNode, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  let signal: NodeJS.Signals = 'SIGTERM';
  let sent: NodeJS.Signals | undefined;
  while (await isRecordedNode(node)) {
    if (Date.now() >= deadline) signal = 'SIGKILL';
    if (signal !== sent) sendSignal(node.pid, signal);
    sent = signal;
    await delay(POLL_MS);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended since we looked.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The command line of a process, empty where there is none (or where only its exit status is left). */
async function commandLine(pid: number): Promise<string> {
  if (existsSync('/proc/self/cmdline')) {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  }
  return (await runCommand('ps', ['-ww', '-o', 'command=', '-p', String(pid)]))?.output ?? '';
}
