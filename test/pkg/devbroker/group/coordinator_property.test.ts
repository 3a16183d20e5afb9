import { coordinatorProperty } from './coordinator_property.js';

const RUNS = 300;

describe('group coordinator: any interleaving', () => {
  it('loses and duplicates nobody, throws out nobody who behaves, and ends Stable after every storm', async function () {
    this.timeout(30_000);
    await coordinatorProperty(RUNS);
  });
});
