import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import {
  createKafkajsDriver,
  KafkaAdmin,
  type KafkaDriver,
  type KafkaManager,
} from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { rounds, seed } from '../../../support/fault_run.js';
import { Random } from '../../../support/random.js';
import { silent } from '../contract/harness.js';
import { recordFigures } from './figures.js';
import { Load } from './load.js';
import type { StartedBroker } from './network_suite.js';

const MEMBERS = 8;
const LONG_MS = 60_000;
const SHORT_MS = 12_000;

/** Members that come and go all the time, on any broker. */
export function stormSuite(name: string, start: () => Promise<StartedBroker>): void {
  describe(`K4: a rebalance storm on the ${name} broker`, function () {
    const stormMs = rounds(1) > 1 ? LONG_MS : SHORT_MS;
    this.timeout(stormMs + 120_000);
    let broker: StartedBroker;

    before(async () => {
      broker = await start();
    });
    // It is not there where starting failed, which is the error to show.
    after(() => (broker as StartedBroker | undefined)?.stop());

    it(`of ${MEMBERS} members loses nothing, keeps the order of keys and ends (seed ${seed})`, async () => {
      const openDriver = (): KafkaDriver =>
        createKafkajsDriver({ brokers: broker.brokers, clientId: 'storm', logger: silent });
      const topic = uniqueName('storm');
      await new KafkaAdmin(openDriver()).ensureTopics([{ topic, partitions: 12, replicationFactor: 1 }]);
      const load = new Load(openDriver, topic);
      const random = new Random(seed);
      const members: KafkaManager[] = [];
      let changes = 0;

      const comeAndGo = async (until: number): Promise<void> => {
        while (performance.now() < until) {
          const member = load.newMember();
          members.push(member);
          await member.startAllConsumers();
          changes += 1;
          await pause(random.integer(500, 2_000));
          await member.close();
          changes += 1;
          await pause(random.integer(0, 1_000));
        }
      };
      try {
        await load.start();
        await load.goesOn(200);
        const until = performance.now() + stormMs;
        await Promise.all(Array.from({ length: MEMBERS }, () => comeAndGo(until)));
        await load.goesOn(500);
        expect(await load.ready()).to.equal(true);
        const figures = await load.finish();
        await recordFigures('storm', { broker: name, changes, stormMs, ...figures });
        expect(figures.lost).to.deep.equal([]);
        expect(figures.rejected).to.deep.equal([]);
        expect(figures.outOfOrder).to.deep.equal([]);
        expect(figures.duplicates).to.be.at.most(changes * Load.SENT_AT_ONCE);
      } finally {
        await Promise.all(members.map((member) => member.close()));
        await load.close();
      }
    });
  });
}
