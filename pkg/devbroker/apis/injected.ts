import { BrokerError } from '../errors.js';
import { type FaultTarget } from '../faults/targets.js';
import { type RequestContext } from '../wire/api.js';

/** @throws BrokerError when a test wants an error to be answered for this part of the request */
export function throwInjected({ faults }: Pick<RequestContext, 'faults'>, target: FaultTarget): void {
  const code = faults.errorFor(target);
  if (code !== 0) throw new BrokerError(code, 'A fault that was brought on.');
}
