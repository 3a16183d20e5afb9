import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { type RootLogger } from '../../pkg/logger/index.js';
import {
  type Component,
  ExitCode,
  Lifecycle,
  NotAvailable,
  runUntilSignal,
} from '../../pkg/program/index.js';
import { Logger } from '../repo/contracts.js';
import { eventComponents } from './components.js';
import { type BuildOptions, buildContainer } from './container.js';
import { apiComponent, type HttpComponentOptions, probesComponent } from './http.js';
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
  await runUntilSignal(lifecycle, { name: config.APP.NAME, logger });
}
