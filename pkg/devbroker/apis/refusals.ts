import { BrokerError } from '../errors.js';
import { type FaultTarget } from '../faults/targets.js';
import { type RequestContext } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';

/** @throws BrokerError when a test wants an error to be answered for this part of the request */
export function throwInjected({ faults }: Pick<RequestContext, 'faults'>, target: FaultTarget): void {
  const code = faults.errorFor(target);
  if (code !== 0) throw new BrokerError(code, 'A fault that was brought on.');
}

/** The error code for a request about a group that this node cannot answer, 0 when it can. */
export function groupRefusal({ faults, broker, nodeId }: RequestContext, groupId: string): number {
  const injected = faults.errorFor({ group: groupId });
  if (injected !== 0) return injected;
  return broker.coordinatorNode?.id === nodeId ? ErrorCode.NONE : ErrorCode.NOT_COORDINATOR;
}
