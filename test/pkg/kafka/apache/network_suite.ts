import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { createKafkajsDriver, KafkaAdmin, type KafkaDriver } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { rounds } from '../../../support/fault_run.js';
import { TcpProxy } from '../../../support/tcp_proxy.js';
import { silent } from '../contract/harness.js';
import { recordFigures } from './figures.js';
import { Load, REPEATED_AT_MOST, type LoadFigures } from './load.js';

/** A broker of one node, and how to end it. */
export interface StartedBroker {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** Sends may end like this when a cut lasts longer than their time; none of them was acknowledged. */
const GIVEN_UP = ['KAFKA_PUBLISH_NOT_SENT', 'KAFKA_PUBLISH_OUTCOME_UNKNOWN', 'KAFKA_QUEUE_FULL'];
const SLOW_CLOSE_MS = 5_000;
/** The long ones take a minute each. */
const long = rounds(1) > 1;

/** The same faults of the network on any broker. */
export function networkSuite(name: string, start: () => Promise<StartedBroker>): void {
  describe(`K3: the network to the ${name} broker`, function () {
    this.timeout(300_000);
    let broker: StartedBroker;
    let proxy: TcpProxy;
    let topic: string;
    let load: Load;

    before(async () => {
      broker = await start();
      proxy = await TcpProxy.before(Number(broker.brokers[0]?.split(':')[1]));
    });
    after(async () => {
      // Neither is there where starting failed, which is the error to show.
      await (proxy as TcpProxy | undefined)?.stop();
      await (broker as StartedBroker | undefined)?.stop();
    });
    beforeEach(async () => {
      topic = uniqueName('network');
      await new KafkaAdmin(openDriver()).ensureTopics([{ topic, partitions: 4, replicationFactor: 1 }]);
      load = new Load(openDriver, topic);
      await load.start();
      await load.goesOn(300);
      load.countRejoins();
    });
    afterEach(async () => {
      proxy.mend();
      await load.close();
    });

    const openDriver = (): KafkaDriver =>
      createKafkajsDriver({
        brokers: broker.brokers,
        clientId: 'network',
        logger: silent,
        socketFactory: ({ onConnect }) => net.connect({ host: '127.0.0.1', port: proxy.port }, onConnect),
      });
    const goodAgain = async (what: string): Promise<LoadFigures> => {
      const began = performance.now();
      await eventually(() => load.ready(), { timeoutMs: 90_000, what: 'ready again' });
      const recovery = Math.round(performance.now() - began);
      await load.goesOn(300);
      return lossless(what, { recovery });
    };
    const lossless = async (what: string, measured: object): Promise<LoadFigures> => {
      const figures = await load.finish();
      const rejected = counted(figures.rejected);
      await recordFigures('network', { broker: name, what, ...figures, rejected, ...measured });
      expect(figures.lost).to.deep.equal([]);
      expect(figures.outOfOrder).to.deep.equal([]);
      return figures;
    };
    const deadFor = async (ms: number, fault: 'cut' | 'silence'): Promise<LoadFigures> => {
      proxy[fault]();
      await eventually(async () => !(await load.ready()), { timeoutMs: 30_000, what: 'not ready' });
      await pause(ms);
      proxy.mend();
      return goodAgain(`${fault} for ${ms} ms`);
    };

    it('may be cut for 5 s: not ready meanwhile, then nothing is lost, refused or out of order', async () => {
      const { rejected, storedTwice, duplicates } = await deadFor(5_000, 'cut');
      expect(rejected).to.deep.equal([]);
      expect(storedTwice).to.equal(0);
      expect(duplicates).to.be.at.most(REPEATED_AT_MOST);
    });

    (long ? it : it.skip)(
      'may be cut for 60 s: what was acknowledged is not lost (ROUNDS above 1)',
      async () => {
        const { rejected, duplicates } = await deadFor(60_000, 'cut');
        expect(duplicates).to.be.at.most(REPEATED_AT_MOST);
        expect(rejected.filter((code) => !GIVEN_UP.includes(code))).to.deep.equal([]);
      },
    );

    it('may be silent for 5 s, on new connections too: not ready meanwhile, then nothing is lost or refused', async () => {
      const { rejected, storedTwice, duplicates } = await deadFor(5_000, 'silence');
      expect(rejected).to.deep.equal([]);
      expect(storedTwice).to.equal(0);
      expect(duplicates).to.be.at.most(REPEATED_AT_MOST);
    });

    it('may forget its connections: they are found dead, and nothing is lost', async () => {
      proxy.forget();
      const { rejected, storedTwice, duplicates } = await goodAgain('half-open');
      expect(rejected).to.deep.equal([]);
      expect(duplicates).to.be.at.most(REPEATED_AT_MOST);
      expect(storedTwice).to.equal(0);
    });

    it('may be slow by 2 s: all goes on, later', async () => {
      proxy.delay(2_000);
      await load.goesOn(500);
      proxy.mend();
      const { rejected, duplicates } = await goodAgain('+2 s latency');
      expect(rejected).to.deep.equal([]);
      expect(duplicates).to.equal(0);
    });

    it('may be slow to close: leaving does not wait for it, and nothing is lost', async () => {
      proxy.delayClosing(SLOW_CLOSE_MS);
      await load.goesOn(300);
      await load.settle();
      const began = performance.now();
      await load.close();
      const leaving = Math.round(performance.now() - began);
      const { rejected, duplicates } = await lossless('slow close', { leaving });
      // Whoever leaves does not wait for the news that the other side has ended.
      expect(leaving).to.be.lessThan(SLOW_CLOSE_MS);
      expect(rejected).to.deep.equal([]);
      expect(duplicates).to.equal(0);
    });
  });
}

/** How often each occurs. */
function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
