import { type Container } from 'inversify';
import { type Config as AppConfig, ExitCode } from '../../config/config.js';
import { type RootLogger } from '../../pkg/logger/index.js';
import { Logger } from '../repo/contracts.js';
import { eventComponents } from './components.js';
import { type BuildOptions, buildContainer } from './container.js';
import { apiComponent, type HttpComponentOptions, probesComponent } from './http.js';
import { type Component, Lifecycle } from './lifecycle.js';
import { NotAvailable } from './not_available.js';
import { BrokerHandle } from './tokens.js';

/**
 * Runs the service until SIGINT or SIGTERM: HTTP, consumers and all they need. The second signal ends it at
 * once. The process exits 0 after a clean stop, 1 when the start failed or something did not stop in time.
 */
export function runService(config: AppConfig): Promise<void> {
  const { ENABLED: docs } = config.SWAGGER;
  return runProgram(config, {
    mayStartBroker: true,
    links: (url) => [`${url}/v1`, ...(docs ? [`${url}/docs`] : []), `${url}/readyz?verbose`],
    parts: (container, http) => [
      ...eventComponents(container, { waitForBroker: true }),
      apiComponent(container, http),
    ],
  });
}

/**
 * Runs the consumers alone, to have more of them: as {@link runService}, without the API and the views that
 * answer it. It never starts an embedded broker: where none runs the process exits 69.
 */
export function runConsumers(config: AppConfig): Promise<void> {
  return runProgram(config, {
    mayStartBroker: false,
    links: (url) => [`${url}/readyz?verbose`],
    parts: (container, http) => [
      ...eventComponents(container, { waitForBroker: true, views: false }),
      probesComponent(container, http),
    ],
  });
}

interface Program extends Required<BuildOptions> {
  /** What to show of its HTTP side, which is at this URL. */
  links: (url: string) => string[];
  /** Its components, in the order in which they need each other. */
  parts: (container: Container, http: HttpComponentOptions) => Component[];
}

async function runProgram(config: AppConfig, { mayStartBroker, links, parts }: Program): Promise<void> {
  const container = await buildContainer(config, undefined, { mayStartBroker }).catch((error: unknown) => {
    process.stderr.write(`${config.APP.NAME}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof NotAvailable ? ExitCode.UNAVAILABLE : ExitCode.FAILED);
  });
  const logger = container.get<RootLogger>(Logger);
  const onListening = (url: string): void => {
    logger.info(`HTTP   ${links(url).join('  ')}`);
    logger.info(`Kafka  ${container.get<BrokerHandle>(BrokerHandle).where}`);
  };
  const lifecycle: Lifecycle = new Lifecycle({
    components: parts(container, { life: () => lifecycle, onListening }),
    stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
    logger,
  });
  onSignals(lifecycle, logger);
  try {
    await lifecycle.start();
    if (lifecycle.running) logger.info(`${config.APP.NAME} is ready; stop it with Ctrl-C`);
  } catch (error) {
    logger.error('the program could not start', { error });
    await logger.flush();
    process.exit(ExitCode.FAILED);
  }
}

function onSignals(lifecycle: Lifecycle, logger: RootLogger): void {
  let asked = false;
  const stop = (signal: NodeJS.Signals) => {
    if (asked) process.exit(ExitCode.INTERRUPTED);
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
  process.exit(clean ? ExitCode.OK : ExitCode.FAILED);
}
