import { type Logger } from '../logger/index.js';

/** A part of the running program. */
export interface Component {
  name: string;
  start?: () => Promise<void>;
  /** Safe to call when `start` failed or never ran. */
  stop?: () => Promise<void>;
  /** Starts before all others, and stops in its place among them nevertheless. */
  startsFirst?: boolean;
}

export interface LifecycleOptions {
  /** Each needs those before it: in this order they start, and in the reverse order they stop. */
  components: readonly Component[];
  /** Milliseconds that all components together get to stop. */
  stopTimeoutMs: number;
  logger: Pick<Logger, 'error'>;
}

type State = 'new' | 'starting' | 'running' | 'stopping' | 'stopped';

/** Starts the parts of a program one after another and stops them in reverse, each once. */
export class Lifecycle {
  private state: State = 'new';
  private ran = false;
  private stopping: Promise<boolean> | undefined;
  private readonly started = new Set<Component>();

  constructor(private readonly options: LifecycleOptions) {}

  /** True from the last component's start until the stop begins. */
  get running(): boolean {
    return this.state === 'running';
  }

  /** True once the last component has started, for good. */
  get hasStarted(): boolean {
    return this.ran;
  }

  /**
   * Starts every component, or returns early when a stop is asked for meanwhile. When one fails, those that
   * were started are stopped again.
   * @throws what the component threw
   */
  async start(): Promise<void> {
    this.state = 'starting';
    const { components } = this.options;
    const first = components.filter(({ startsFirst }) => startsFirst);
    for (const component of new Set([...first, ...components])) {
      if (this.stopAsked()) return;
      // Before its start, so that a half-started component is stopped too.
      this.started.add(component);
      try {
        await component.start?.();
      } catch (error) {
        const stopAsked = this.stopAsked();
        await this.stop();
        // What fails because it was told to stop has not failed to start.
        if (!stopAsked) throw error;
      }
    }
    if (this.stopAsked()) return;
    this.state = 'running';
    this.ran = true;
  }

  /**
   * Stops what was started, the last first; further calls wait for the first.
   * @returns whether everything stopped by itself within the time allowed
   */
  stop(): Promise<boolean> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private stopAsked(): boolean {
    return this.stopping !== undefined;
  }

  private async stopAll(): Promise<boolean> {
    this.state = 'stopping';
    const { components, logger, stopTimeoutMs } = this.options;
    let clean = true;
    let stoppingPart = '';
    const all = (async () => {
      for (const component of [...components].reverse()) {
        if (!this.started.has(component)) continue;
        const { name, stop } = component;
        stoppingPart = name;
        try {
          await stop?.();
        } catch (error) {
          clean = false;
          logger.error(`${name} did not stop`, { error });
        }
      }
    })();
    const inTime = await Promise.race([all.then(() => true), deadline(stopTimeoutMs)]);
    if (!inTime) logger.error(`${stoppingPart} has not stopped after ${stopTimeoutMs} ms in all; giving up`);
    this.state = 'stopped';
    return inTime && clean;
  }
}

function deadline(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, ms).unref();
  });
}
