import { expect } from 'chai';
import { type DeadLetter, DeadLetterDesk } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, openAdmin, openDriver, openManager } from './harness.js';

describe('kafka contract: the desk of dead letters', function () {
  this.timeout(30_000);
  let deadLetters: string;
  let decisions: string;

  beforeEach(async () => {
    deadLetters = `${uniqueName('orders')}.billing-dlt`;
    decisions = `${deadLetters}-decisions`;
    await make(deadLetters);
  });
  afterEach(closeAll);

  async function make(topic: string): Promise<void> {
    await (await openAdmin()).ensureTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
  }

  /** By a client of its own, which knows the topic as it is now. */
  async function put(
    topic: string,
    ...messages: { value: string; timestamp?: number; partition?: number }[]
  ) {
    const manager = await openManager();
    for (const message of messages) await manager.sendMessages([{ topic, ...message }]);
  }

  async function openDesk(): Promise<DeadLetterDesk> {
    const [driver, admin, kafka] = [await openDriver(), await openAdmin(), await openManager()];
    return new DeadLetterDesk({ driver, admin, kafka, by: 'a test' });
  }

  async function pending(): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for await (const letter of (await openDesk()).pending(deadLetters)) letters.push(letter);
    return letters;
  }

  const values = async () => (await pending()).map(({ record }) => String(record.value));

  async function discard(...letters: DeadLetter[]): Promise<void> {
    const desk = await openDesk();
    await desk.open(deadLetters, 'discarded');
    for (const letter of letters) await desk.discard(letter, 'a test');
    await desk.advance(deadLetters);
  }

  it('takes no letter for decided because one was that had its place in a deleted topic', async () => {
    await put(deadLetters, { value: 'old 0' }, { value: 'old 1' }, { value: 'old 2' });
    await discard(...(await pending()));
    expect(await values()).to.deep.equal([]);

    const admin = await openAdmin();
    await admin.deleteTopic(deadLetters);
    await eventually(async () => !(await admin.listTopics()).includes(deadLetters));
    await make(deadLetters);
    await put(deadLetters, { value: 'new 0' }, { value: 'new 1' });
    expect(await values()).to.deep.equal(['new 0', 'new 1']);
    await (await openDesk()).advance(deadLetters);
    expect(await values()).to.deep.equal(['new 0', 'new 1']);

    await discard(...(await pending()).slice(0, 1));
    expect(await values()).to.deep.equal(['new 1']);
    const [position] = await admin.groupOffsets(deadLetters, [deadLetters]);
    expect(position?.offset).to.equal('1');
  });

  it('knows a decided letter again, however the clock of who decided it is wrong', async () => {
    await put(deadLetters, { value: 'from ahead', timestamp: Date.now() + 600_000 }, { value: 'left' });
    await discard(...(await pending()).slice(0, 1));
    expect(await values()).to.deep.equal(['left']);
  });

  it('counts a decision that does not say of which time its letter is for letters before it', async () => {
    const decidedAt = Date.now();
    await put(
      deadLetters,
      { value: 'before', timestamp: decidedAt - 1_000 },
      { value: 'after', timestamp: decidedAt + 1_000 },
    );
    await make(decisions);
    const common = { action: 'discarded', by: 'a test', reason: null, partition: 0, to: null };
    const recorded = ['0', '1'].flatMap((offset) =>
      // Decided twice, by two people at once; the order of their records is not that of their clocks.
      [decidedAt, decidedAt - 60_000].map((at) => ({ ...common, offset, at: new Date(at).toISOString() })),
    );
    await put(decisions, ...recorded.map((decision) => ({ value: JSON.stringify(decision) })));
    expect(await values()).to.deep.equal(['after']);
  });

  it('works on partitions that were added after the first decision', async () => {
    await put(deadLetters, { value: 'first' });
    await discard(...(await pending()));
    const admin = await openAdmin();
    await admin.addPartitions(deadLetters, 3);
    await eventually(async () => (await admin.topicOffsets(deadLetters)).length === 3);
    await put(deadLetters, { value: 'left', partition: 0 }, { value: 'added', partition: 2 });
    expect(await values()).to.have.members(['left', 'added']);
    await discard(...(await pending()).filter(({ record }) => record.partition === 2));
    expect(await values()).to.deep.equal(['left']);
  });
});
