import { EMBEDDED } from './brokers.js';
import type { ConfigProblem } from './config_error.js';

/** What the rules look at: valid values by path; an invalid one is missing here, and reported already. */
interface ProductionCheck {
  readonly values: ReadonlyMap<string, unknown>;
  /** Where the value at a path came from. */
  readonly sourceOf: (path: string) => string;
}

/** Settings that are convenient on a developer's machine and unsafe in production. */
export function productionProblems({ values, sourceOf }: ProductionCheck): ConfigProblem[] {
  if (values.get('APP.ENV') !== 'production') return [];
  const problems: ConfigProblem[] = [];
  const brokers = values.get('KAFKA.BROKERS');
  if (Array.isArray(brokers) && brokers.includes(EMBEDDED)) {
    problems.push({
      path: 'KAFKA.BROKERS',
      source: sourceOf('KAFKA.BROKERS'),
      what: 'the embedded broker is no broker for production',
      mend: 'set KAFKA_BROKERS to your brokers, for example kafka-1:9092,kafka-2:9092',
    });
  }
  if (values.has('HTTP.CONTROL_TOKEN') && values.get('HTTP.CONTROL_TOKEN') === undefined) {
    problems.push({
      path: 'HTTP.CONTROL_TOKEN',
      source: sourceOf('HTTP.CONTROL_TOKEN'),
      what: 'is missing; in production the control routes need it',
      mend: 'set HTTP_CONTROL_TOKEN or HTTP_CONTROL_TOKEN_FILE to at least 32 characters',
    });
  }
  return problems;
}
