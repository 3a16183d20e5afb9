/** The consumers without the API: start as many as there is work for. */
import { loadConfigOrExit } from '../../config/config.js';
import { runConsumers } from '../../internal/app/index.js';

await runConsumers(loadConfigOrExit());
