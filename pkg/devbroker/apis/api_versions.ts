import { type BrokerState } from '../state.js';
import { defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { array, int16, int32, since, string, struct } from '../wire/schema.js';
import { Writer } from '../wire/writer.js';

export const API_VERSIONS_KEY = 18;

const response = struct({
  errorCode: int16,
  apiKeys: array(struct({ apiKey: int16, minVersion: int16, maxVersion: int16 })),
  throttleTimeMs: since(1, int32, 0),
});

function served(apis: BrokerState['apis']) {
  return [...apis.values()].map(({ key, versions, advertisedFrom }) => ({
    apiKey: key,
    minVersion: advertisedFrom ?? versions[0],
    maxVersion: versions[1],
  }));
}

/** ApiVersions 0 to 3: what this broker serves, taken from the table of APIs itself. */
export const apiVersions = defineApi({
  key: API_VERSIONS_KEY,
  name: 'ApiVersions',
  versions: [0, 3],
  flexibleSince: 3,
  request: struct({
    clientSoftwareName: since(3, string, ''),
    clientSoftwareVersion: since(3, string, ''),
  }),
  response,
  handle: (_request, { broker, faults }) => ({
    errorCode: faults.errorFor(),
    apiKeys: served(broker.apis),
    throttleTimeMs: 0,
  }),
});

/**
 * The answer to an ApiVersions request of a version that is not served: an error in the oldest encoding
 * together with the list (KIP-511), from which a newer client learns which version to ask with.
 */
export function unsupportedVersionAnswer(correlationId: number, apis: BrokerState['apis']): Buffer[] {
  const body = new Writer();
  body.int32(correlationId);
  response.write(
    body,
    { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys: served(apis), throttleTimeMs: 0 },
    { version: 0, flexible: false },
  );
  return body.takeFrame();
}
