import { type ConfigProblem } from './config_error.js';
import { type ProductionCheck } from './production_check.js';

/** The one value of KAFKA.BROKERS that is no address: use the embedded broker. */
export const EMBEDDED = 'embedded';

/** The embedded broker is for development and tests. */
export function embeddedInProduction({ values, sourceOf }: ProductionCheck): ConfigProblem[] {
  const brokers = values.get('KAFKA.BROKERS');
  if (!Array.isArray(brokers) || !brokers.includes(EMBEDDED)) return [];
  return [
    {
      path: 'KAFKA.BROKERS',
      source: sourceOf('KAFKA.BROKERS'),
      what: 'the embedded broker is no broker for production',
      mend: 'set KAFKA_BROKERS to your brokers, for example kafka-1:9092,kafka-2:9092',
    },
  ];
}
