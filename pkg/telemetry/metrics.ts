import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a metric is called and how it is divided. */
export interface MetricSpec<Label extends string> {
  /** Of Prometheus's form: base units, `_seconds`, `_bytes`, `_total` for what only grows. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Every value of a label makes a time series of its own: no ids, keys or offsets. */
  readonly labels?: readonly Label[];
}

/** Counts what happens. */
export interface Count<Label extends string> {
  /** @param by default 1, never negative */
  add(labels: Readonly<Record<Label, string | number>>, by?: number): void;
}

/** Gathers how long, or how large, things are. */
export interface Distribution<Label extends string> {
  observe(labels: Readonly<Record<Label, string | number>>, value: number): void;
}

/** A value that is asked for when the metrics are read. */
export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string | number>>;
  readonly value: number;
}

/** The metrics of a process, in a registry of their own: two in one process do not meet. */
export class Metrics {
  private readonly registry = new Registry();

  /** @param options.process whether CPU, memory, garbage collection and the event loop's lag are included */
  constructor({ process = false }: { process?: boolean } = {}) {
    if (process) collectDefaultMetrics({ register: this.registry });
  }

  /** @throws Error when the name is taken or not of Prometheus's form; so do the others */
  counter<const Label extends string = never>(spec: MetricSpec<Label>): Count<Label> {
    const counter = new Counter<string>(this.settings(spec));
    return {
      add(labels, by = 1) {
        counter.inc(labels, by);
      },
    };
  }

  /** @param spec.buckets upper bounds, in the metric's unit */
  histogram<const Label extends string = never>(
    spec: MetricSpec<Label> & { readonly buckets: readonly number[] },
  ): Distribution<Label> {
    const histogram = new Histogram<string>({ ...this.settings(spec), buckets: [...spec.buckets] });
    return {
      observe(labels, value) {
        histogram.observe(labels, value);
      },
    };
  }

  /** @param spec.read what the gauge stands at; series that it no longer names are gone */
  gauge<const Label extends string = never>(
    spec: MetricSpec<Label> & {
      readonly read: () => readonly Sample<Label>[] | Promise<readonly Sample<Label>[]>;
    },
  ): void {
    const { read } = spec;
    new Gauge<string>({
      ...this.settings(spec),
      async collect() {
        this.reset();
        for (const { labels, value } of await read()) this.set(labels, value);
      },
    });
  }

  /** All metrics as Prometheus reads them. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  private settings<Label extends string>({ name, help, labels = [] }: MetricSpec<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}

/** Of what {@link Metrics.render} returns. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;
