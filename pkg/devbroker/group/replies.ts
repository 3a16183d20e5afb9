import { GroupError, type GroupErrorName } from './error_codes.js';
import { type JoinGroupResponse, type SyncGroupResponse } from './types.js';

export const EMPTY_BYTES: Buffer = Buffer.alloc(0);

export function joinFailure(error: GroupErrorName, memberId: string): JoinGroupResponse {
  return {
    errorCode: GroupError[error],
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    memberId,
    members: [],
  };
}

export function syncFailure(error: GroupErrorName): SyncGroupResponse {
  return { errorCode: GroupError[error], protocolType: null, protocolName: null, assignment: EMPTY_BYTES };
}
