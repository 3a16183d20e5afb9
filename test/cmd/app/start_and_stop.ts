/** Starts the service as cmd/app does and stops it, and leaves it to Node to end the process. */
import { loadConfig } from '../../../config/config.js';
import { buildContainer } from '../../../internal/app/container.js';
import { eventComponents } from '../../../internal/app/components.js';
import { apiComponent } from '../../../internal/app/http.js';
import { Lifecycle } from '../../../internal/app/lifecycle.js';
import { Logger } from '../../../internal/repo/contracts.js';

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
