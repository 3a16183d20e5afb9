export { ExitCode } from './exit_codes.js';
export { type Component, Lifecycle, type LifecycleOptions } from './lifecycle.js';
export { NotAvailable } from './not_available.js';
export { runUntilSignal, type RunOptions } from './run_until_signal.js';
