import { fuzzService } from './fuzz.js';

describe('the HTTP API', function () {
  this.timeout(90_000);

  it('answers whatever it is sent without a failure of its own, and logs no secret', () =>
    fuzzService({ requests: 300, seed: 1 }));
});
