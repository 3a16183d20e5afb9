import { type Clock, systemClock, type TimerHandle } from '../../../../pkg/devbroker/clock.js';

/** The system's clock, which tells how many timers are running beside those of an idle broker. */
export class WatchedClock implements Clock {
  private readonly running = new Set<TimerHandle>();
  private idle = 0;

  get pending(): number {
    return this.running.size - this.idle;
  }

  /** Takes the timers that run now for those of an idle broker. */
  isIdle(): void {
    this.idle = this.running.size;
  }

  now(): number {
    return systemClock.now();
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    const handle = systemClock.setTimeout(() => {
      this.running.delete(handle);
      fn();
    }, ms);
    this.running.add(handle);
    return handle;
  }

  clearTimeout(handle: TimerHandle): void {
    this.running.delete(handle);
    systemClock.clearTimeout(handle);
  }
}
