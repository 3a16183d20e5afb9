import type { Group } from './group.js';
import type { GroupErrorName } from './replies.js';
import type { CommitRequest } from './types.js';

/** Why a commit is refused: `NONE` when it is not. Without members anybody may commit, outside of generations. */
export function commitError(group: Group | undefined, request: CommitRequest): GroupErrorName {
  const { generationId, memberId, groupInstanceId, transactional = false } = request;
  if (generationId < 0 && (group === undefined || group.state === 'Empty')) return 'NONE';
  if (group === undefined) return 'ILLEGAL_GENERATION';
  const anonymous = generationId < 0 && memberId === '' && groupInstanceId == null;
  if (anonymous) return transactional ? 'NONE' : 'UNKNOWN_MEMBER_ID';
  const error = group.identityError(request);
  if (error !== 'NONE' || !group.members.has(memberId)) return error;
  if (generationId !== group.generationId) return 'ILLEGAL_GENERATION';
  if (transactional) return 'NONE';
  // The member knows of the new generation, but not yet what it owns there.
  return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
}
