import { type Clock, type TimerHandle } from '../clock.js';

/**
 * When written records are forced to the disk: before each acknowledgement (`always`), so many milliseconds after
 * the first of them (a number), or when the operating system pleases (`none`). It matters for a power cut only:
 * what was written survives the end of the process in any case.
 */
export type Fsync = 'none' | 'always' | number;

interface Syncable {
  sync(): void;
}

/** Carries out an {@link Fsync} policy for all files of a broker. */
export class Syncer {
  private readonly dirty = new Set<Syncable>();
  private timer: TimerHandle | null = null;

  constructor(
    private readonly policy: Fsync,
    private readonly clock: Clock,
    private readonly onProblem: (message: string, error?: unknown) => void,
  ) {}

  /** To be called after a write. @throws the operating system's error when the policy is `always` */
  written(file: Syncable): void {
    if (this.policy === 'always') {
      file.sync();
    } else if (this.policy !== 'none') {
      this.dirty.add(file);
      this.timer ??= this.clock.setTimeout(() => {
        this.timer = null;
        this.syncAll();
      }, this.policy);
    }
  }

  /** To be called before a file is closed. */
  forget(file: Syncable): void {
    this.dirty.delete(file);
  }

  close(): void {
    if (this.timer !== null) this.clock.clearTimeout(this.timer);
    this.timer = null;
    this.syncAll();
  }

  private syncAll(): void {
    for (const file of this.dirty) {
      this.dirty.delete(file);
      try {
        file.sync();
      } catch (error) {
        // The writers were answered long ago, so this can only be told, not refused.
        this.onProblem('fsync failed: acknowledged records may not survive a power cut', error);
      }
    }
  }
}
