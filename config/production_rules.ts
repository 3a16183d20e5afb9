import type { ConfigProblem } from './config_error.js';
import { embeddedInProduction } from './embedded.js';
import type { ProductionCheck, ProductionRule } from './production_check.js';

const RULES: readonly ProductionRule[] = [embeddedInProduction, missingControlToken];

/** Settings that are convenient on a developer's machine and unsafe in production. */
export function productionProblems(check: ProductionCheck): ConfigProblem[] {
  if (check.values.get('APP.ENV') !== 'production') return [];
  return RULES.flatMap((rule) => rule(check));
}

function missingControlToken({ values, sourceOf }: ProductionCheck): ConfigProblem[] {
  if (!values.has('HTTP.CONTROL_TOKEN') || values.get('HTTP.CONTROL_TOKEN') !== undefined) return [];
  return [
    {
      path: 'HTTP.CONTROL_TOKEN',
      source: sourceOf('HTTP.CONTROL_TOKEN'),
      what: 'is missing; in production the control routes need it',
      mend: 'set HTTP_CONTROL_TOKEN or HTTP_CONTROL_TOKEN_FILE to at least 32 characters',
    },
  ];
}
