import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { Producer, type KafkaError, type PublishReceipt } from '../../../../../pkg/kafka/index.js';
import { FakeDriver } from '../fakes.js';
import { SimulatedBroker, type Fate } from './simulated_broker.js';

const MESSAGES = 120;
const RUNS = 60;

const mishap: fc.Arbitrary<Fate> = fc.constantFrom(
  'not stored',
  'stored, answer lost',
  'lost',
  'refused',
  'producer forgotten',
);
const fate = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Fate>('stored') },
  { weight: 3, arbitrary: mishap },
);
const scenario = fc.record({
  fates: fc.array(fate, { maxLength: 14 }),
  partitions: fc.array(fc.nat(2), { minLength: MESSAGES, maxLength: MESSAGES }),
  pauses: fc.array(fc.nat(4), { minLength: 1, maxLength: 20 }),
  /** Above 50 ms the producer counts a node as stalled and goes another way. */
  slow: fc.array(fc.constantFrom(0, 0, 1, 5, 60), { minLength: 1, maxLength: 10 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

type Result = { readonly receipt: PublishReceipt } | { readonly code: string };

async function run({ fates, partitions, pauses, slow }: Scenario) {
  let batches = 0;
  let answers = 0;
  const broker = new SimulatedBroker(
    () => fates[batches++] ?? 'stored',
    async () => {
      const ms = slow[answers++ % slow.length] ?? 0;
      await (ms === 0 ? setImmediate() : setTimeout(ms));
    },
  );
  const driver = new FakeDriver();
  const producer = new Producer(Object.assign(driver, { producer: () => broker.producer() }), {
    maxBatchMessages: 10,
    deliveryTimeoutMs: 400,
  });
  const results: Promise<Result>[] = [];
  for (const [i, partition] of partitions.entries()) {
    const sent = producer.send({ topic: 't', value: String(i), partition });
    results.push(
      sent.then(
        (receipt) => ({ receipt }),
        (error: unknown) => ({ code: (error as KafkaError).code }),
      ),
    );
    if (i % 6 === 0) for (let n = pauses[i % pauses.length] ?? 0; n > 0; n -= 1) await setImmediate();
  }
  const settled = await Promise.all(results);
  await producer.close();
  return { broker, settled };
}

function check({ partitions }: Scenario, { broker, settled }: Awaited<ReturnType<typeof run>>): void {
  expect(broker.violations).to.deep.equal([]);
  for (const [partition, log] of broker.logs) {
    expect(log.map(Number), `order in partition ${partition}`).to.deep.equal(
      [...log.map(Number)].sort((a, b) => a - b),
    );
    expect(new Set(log).size, 'stored once').to.equal(log.length);
  }
  settled.forEach((result, i) => {
    const log = broker.logs.get(partitions[i]!) ?? [];
    if ('receipt' in result) expect(log[Number(result.receipt.offset)], 'at its offset').to.equal(String(i));
    else if (result.code !== 'KAFKA_PUBLISH_OUTCOME_UNKNOWN') expect(log).to.not.include(String(i));
  });
}

describe('Producer: whatever happens to batches', function () {
  this.timeout(20_000);

  it('acknowledged is stored once, at its offset and in order; rejected as not stored is not stored', async () => {
    // The runs wait for timers most of the time: side by side they take as long as one.
    const scenarios = fc.sample(scenario, { numRuns: RUNS });
    const outcomes = await Promise.all(scenarios.map(run));
    const acknowledged = outcomes.flatMap(({ settled }) => settled.filter((result) => 'receipt' in result));
    // Were none acknowledged, nothing would have been tried; on a busy machine many come too late.
    expect(acknowledged.length).to.be.greaterThan((RUNS * MESSAGES) / 10);
    scenarios.forEach((given, i) => {
      try {
        check(given, outcomes[i]!);
      } catch (error) {
        throw new Error(`with ${JSON.stringify(given)}`, { cause: error });
      }
    });
  });
});
