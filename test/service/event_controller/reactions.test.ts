import { expect } from 'chai';
import { reactTo } from '../../../internal/controller/event/reactions.js';
import { rejection } from '../../support/caught.js';

type HouseEvent = { type: 'door.opened'; by: string } | { type: 'door.shut' };

describe('reactions to events', () => {
  const context = { signal: new AbortController().signal };
  let done: unknown[];

  beforeEach(() => {
    done = [];
  });

  it('do what stands under the type of the event, one after the other', async () => {
    const react = reactTo<HouseEvent>({
      'door.opened': [
        async ({ by }) => {
          await Promise.resolve();
          done.push(`greet ${by}`);
        },
        async (_event, given) => void done.push(given),
      ],
    });
    await react({ type: 'door.opened', by: 'Ada' }, context);
    expect(done).to.deep.equal(['greet Ada', context]);
  });

  it('leave other events alone', async () => {
    await reactTo<HouseEvent>({})({ type: 'door.shut' }, context);
    await reactTo<HouseEvent>({ 'door.opened': [async () => void done.push('greet')] })(
      { type: 'door.shut' },
      context,
    );
    expect(done).to.be.empty;
  });

  it('fail where one fails, without doing those after it, so that the event comes again', async () => {
    const failure = new Error('no mail');
    const react = reactTo<HouseEvent>({
      'door.shut': [() => Promise.reject(failure), async () => void done.push('after')],
    });
    expect(await rejection(react({ type: 'door.shut' }, context), Error)).to.equal(failure);
    expect(done).to.be.empty;
  });
});
