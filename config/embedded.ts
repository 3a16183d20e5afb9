import { type ConfigProblem, type RuleCheck } from '../pkg/config/index.js';
/** The one value of KAFKA.BROKERS that is no address: use the embedded broker. */
export const EMBEDDED = 'embedded';

/** The embedded broker is for development and tests. */
export function embeddedInProduction({ values, sourceOf }: RuleCheck): ConfigProblem[] {
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
