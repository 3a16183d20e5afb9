/** The program of a broker's own process, which `startBrokerProcess` forks. */
import { type Broker, startBroker } from './broker.js';
import { type FromChild, type ToChild } from './broker_process_messages.js';

// A signal to the whole process group is the other process's to answer: it may still need the broker to stop well.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let broker: Promise<Broker> | undefined;

process.once('message', ({ options }: ToChild) => {
  const onProblem = (message: string, error?: unknown) => {
    tell({ kind: 'problem', message, error: error instanceof Error ? error.message : undefined });
  };
  broker = startBroker({ ...options, onProblem });
  broker.then(
    ({ brokers }) => {
      tell({ kind: 'started', brokers });
    },
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      tell({ kind: 'failed', message, fields: { ...(error as object), name } });
      process.disconnect();
    },
  );
});

process.once('disconnect', () => {
  void stop();
});

async function stop(): Promise<void> {
  try {
    await (await broker)?.stop();
  } finally {
    process.exit();
  }
}

/** Tells the other process, if it still listens. */
function tell(message: FromChild): void {
  if (process.connected) process.send?.(message);
}
