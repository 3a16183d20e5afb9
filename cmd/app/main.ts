import { loadConfigOrExit } from '../../config/config.js';
import { runService } from '../../internal/app/index.js';

await runService(loadConfigOrExit());
