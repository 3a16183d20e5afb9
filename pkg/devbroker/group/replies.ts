import { ErrorCode } from '../wire/errors.js';
import { type JoinGroupResponse, type SyncGroupResponse } from './types.js';

/** An error by its name in the protocol; NONE stands for success. */
export type GroupErrorName = keyof typeof ErrorCode;

export const EMPTY_BYTES: Buffer = Buffer.alloc(0);

export function joinFailure(error: GroupErrorName, memberId: string): JoinGroupResponse {
  return {
    errorCode: ErrorCode[error],
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    memberId,
    members: [],
  };
}

export function syncFailure(error: GroupErrorName): SyncGroupResponse {
  return { errorCode: ErrorCode[error], protocolType: null, protocolName: null, assignment: EMPTY_BYTES };
}
