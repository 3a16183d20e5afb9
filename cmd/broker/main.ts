/** The embedded broker as a program of its own; `--help` lists its options. */
import { serve } from './serve.js';

process.exitCode = await serve(process.argv.slice(2));
