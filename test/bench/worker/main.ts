/** Measures one side of one row: `main.js <row> <side> <topic> <group> <broker>...`; prints the value. */
import { CONTENDERS, loadContender } from '../contenders/index.js';
import { ROWS } from '../rows/index.js';

const [name, side, topic, groupId, ...brokers] = process.argv.slice(2);
const row = ROWS.find((candidate) => candidate.name === name);
const contender = CONTENDERS.find((candidate) => candidate === side);
if (row === undefined || contender === undefined || topic === undefined || groupId === undefined) {
  throw new Error('usage: main.js <row> <side> <topic> <group> <broker>...');
}
const value = await row.measure(await loadContender(contender), { brokers, topic, groupId });
process.stdout.write(`${JSON.stringify(value)}\n`);
