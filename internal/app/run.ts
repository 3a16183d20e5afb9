import { type Config as AppConfig } from '../../config/config.js';
import { type RootLogger } from '../../pkg/logger/index.js';
import { Logger } from '../repo/contracts.js';
import { eventComponents } from './components.js';
import { buildContainer } from './container.js';
import { httpComponent } from './http.js';
import { Lifecycle } from './lifecycle.js';
import { BrokerHandle } from './tokens.js';

/** The second signal ends the program at once with this, as an interrupted shell command does. */
const EXIT_FORCED = 130;

/**
 * Runs the service until SIGINT or SIGTERM: HTTP, consumers and all they need. The second signal ends it at
 * once. The process exits 0 after a clean stop, 1 when the start failed or something did not stop in time.
 */
export async function runService(config: AppConfig): Promise<void> {
  const container = await buildContainer(config).catch((error: unknown) => {
    process.stderr.write(`${config.APP.NAME}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
  const logger = container.get<RootLogger>(Logger);
  const lifecycle: Lifecycle = new Lifecycle({
    components: [
      ...eventComponents(container, { waitForBroker: true }),
      httpComponent(container, {
        life: () => lifecycle,
        onListening: (url) => {
          const { ENABLED: docs } = config.SWAGGER;
          logger.info(`HTTP   ${url}/v1  ${docs ? `${url}/docs  ` : ''}${url}/readyz?verbose`);
          logger.info(`Kafka  ${container.get<BrokerHandle>(BrokerHandle).where}`);
        },
      }),
    ],
    stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
    logger,
  });
  onSignals(lifecycle, logger);
  try {
    await lifecycle.start();
    if (lifecycle.running) logger.info(`${config.APP.NAME} is ready; stop it with Ctrl-C`);
  } catch (error) {
    logger.error('the service could not start', { error });
    await logger.flush();
    process.exit(1);
  }
}

function onSignals(lifecycle: Lifecycle, logger: RootLogger): void {
  let asked = false;
  const stop = (signal: NodeJS.Signals) => {
    if (asked) process.exit(EXIT_FORCED);
    asked = true;
    logger.info(`${signal}: stopping; once more to stop at once`);
    void stopAndExit(lifecycle, logger);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

async function stopAndExit(lifecycle: Lifecycle, logger: RootLogger): Promise<void> {
  const clean = await lifecycle.stop();
  logger.info(clean ? 'stopped' : 'stopped, not cleanly');
  await logger.flush();
  process.exit(clean ? 0 : 1);
}
