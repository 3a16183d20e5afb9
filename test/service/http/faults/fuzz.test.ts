import { rounds, seed } from '../../../support/fault_run.js';
import { fuzzService } from '../fuzz.js';

const REQUESTS = 1_000 * rounds(10);

describe('the HTTP API', function () {
  this.timeout(60_000 + REQUESTS * 100);

  it(`answers ${REQUESTS} fuzzed requests without a failure of its own, and logs no secret (seed ${seed})`, () =>
    fuzzService({ requests: REQUESTS, seed }));
});
