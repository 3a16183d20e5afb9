import type { ConfigProblem, Rule, RuleCheck } from '../pkg/config/index.js';
import { embeddedInProduction } from './embedded.js';

const RULES: readonly Rule[] = [embeddedInProduction, missingControlToken];

/** Settings that are convenient on a developer's machine and unsafe in production. */
export function productionProblems(check: RuleCheck): ConfigProblem[] {
  return check.mode === 'production' ? RULES.flatMap((rule) => rule(check)) : [];
}

function missingControlToken({ values, sourceOf }: RuleCheck): ConfigProblem[] {
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
