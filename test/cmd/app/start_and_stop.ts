/** Starts the service as cmd/app does and stops it, and leaves it to Node to end the process. */
import { loadConfig } from '../../../config/config.js';
import { eventComponents } from '../../../internal/app/components.js';
import { buildContainer } from '../../../internal/app/container.js';
import { apiComponent } from '../../../internal/app/http.js';
import { Logger } from '../../../internal/repo/contracts.js';
import { Lifecycle } from '../../../pkg/program/lifecycle.js';

const config = loadConfig({ flags: { 'HTTP.PORT': '0', 'LOG.LEVEL': 'error' } });
const container = await buildContainer(config);
const lifecycle: Lifecycle = new Lifecycle({
  components: [
    ...eventComponents(container),
    apiComponent(container, { life: () => lifecycle, onListening: () => undefined }),
  ],
  stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
  logger: container.get(Logger),
});
await lifecycle.start();
process.stdout.write('started\n');
process.exitCode = (await lifecycle.stop()) ? 0 : 1;
process.stdout.write('stopped\n');
