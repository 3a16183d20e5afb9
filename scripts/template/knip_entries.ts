import { type Plan } from './plan.js';

/** Takes what no file is left for out of the list of programs in knip.json. */
export function forgetEntries(plan: Plan): void {
  const settings = JSON.parse(plan.read('knip.json')) as { entry: string[] };
  const files = plan.files();
  const isThere = (entry: string) => {
    const [start = '', ...rest] = entry.split('*');
    return files.some((file) => (rest.length === 0 ? file === entry : file.startsWith(start)));
  };
  plan.write('knip.json', JSON.stringify({ ...settings, entry: settings.entry.filter(isThere) }));
}
