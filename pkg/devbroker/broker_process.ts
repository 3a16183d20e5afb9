import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FromChild, type ToChild } from './broker_process_messages.js';
import { type BrokerProcessOptions } from './options.js';

/** A broker that runs in a process of its own. */
export interface BrokerProcess {
  /** `host:port` of every node, as a client's bootstrap list. */
  readonly brokers: readonly string[];
  readonly pid: number;
  /** Stops the broker and waits for the end of its process. May be called more than once. */
  stop(): Promise<void>;
}

/** A broker that has not stopped by then is killed, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a broker in a child process, so that its work and its garbage collection take no time of this process's
 * event loop. It ends with this process, also when that is killed. `onProblem` is also told when it ends unasked.
 * @throws what `startBroker` throws, as an Error with the same name, message and fields
 */
export async function startBrokerProcess(options: BrokerProcessOptions = {}): Promise<BrokerProcess> {
  const { onProblem = () => undefined, ...rest } = options;
  const child = forkChild();
  const exited = exitOf(child);
  let stopping = false;
  void exited.then((how) => {
    if (!stopping) onProblem(`the broker's process ended by ${how}`);
  });
  child.on('message', (message: FromChild) => {
    if (message.kind !== 'problem') return;
    onProblem(message.message, message.error === undefined ? undefined : new Error(message.error));
  });
  const started = firstAnswer(child);
  tell(child, { kind: 'start', options: rest });
  try {
    const { brokers } = await started;
    const stop = async () => {
      stopping = true;
      await end(child, exited);
    };
    return { brokers, pid: child.pid ?? 0, stop };
  } catch (error) {
    stopping = true;
    await exited;
    throw error;
  }
}

function forkChild(): ChildProcess {
  const own = fileURLToPath(import.meta.url);
  const entry = fileURLToPath(new URL(`./broker_process_child${extname(own)}`, import.meta.url));
  // Sources need the loader that this process was started with; a debugger's port can be had once only.
  const loader = extname(own) === '.ts' ? process.execArgv.filter((arg) => !arg.startsWith('--inspect')) : [];
  return fork(entry, { execArgv: loader, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Waits for the end of the process. @returns what ended it */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${String(code)}`);
    });
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
  });
}

/** Waits for the child to serve. @throws why it does not */
function firstAnswer(child: ChildProcess): Promise<Extract<FromChild, { kind: 'started' }>> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromChild) => {
      if (message.kind === 'started') resolve(message);
      if (message.kind === 'failed') reject(Object.assign(new Error(message.message), message.fields));
    });
    child.on('error', reject);
    child.once('exit', () => {
      reject(new Error("the broker's process ended before it served"));
    });
  });
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    // The end of the channel is the request to stop, the same as when this process dies.
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(impatience);
  }
}

function tell(child: ChildProcess, message: ToChild): void {
  child.send(message);
}
