export { type Cli, type CommonOptions, type KafkaTools, type OpenKafka } from './cli.js';
export { type CommandGroup } from './commands/index.js';
export { OutputClosed } from './failures.js';
export { type Io } from './io.js';
export { type KafkaCli, runKafkaCli } from './run.js';
export { oneLine, table } from './text.js';
