import { runCommand } from '../run_command.js';
import { CannotRunError, type Prepared } from './leg.js';

/** Names under which Debian, Alpine, Fedora and others install it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Finds Chromium for a leg, whose tests start the program that TEST_CHROMIUM names.
 * @throws CannotRunError where there is none
 */
export async function prepareBrowser(): Promise<Prepared> {
  for (const name of NAMES) {
    const found = await runCommand('sh', ['-c', `command -v ${name}`]);
    const path = found?.status === 0 ? found.output.trim() : '';
    const version = path === '' ? undefined : await runCommand(path, ['--version']);
    if (version?.status === 0) return { env: { TEST_CHROMIUM: path }, note: version.output.trim() };
  }
  throw new CannotRunError('Chromium is missing; install the package chromium');
}
