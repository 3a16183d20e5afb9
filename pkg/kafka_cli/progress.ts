/** A count that grows while somebody waits, told once a second from the first second on. */
export class Progress {
  private count = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly what: string,
    private readonly target: { write(text: string): unknown },
  ) {
    this.timer = setInterval(() => {
      this.target.write(`${this.what}: ${this.count.toLocaleString('en')} …\n`);
    }, 1_000).unref();
  }

  add(by = 1): void {
    this.count += by;
  }

  get total(): number {
    return this.count;
  }

  /** Nothing more is told. */
  end(): void {
    clearInterval(this.timer);
  }
}
