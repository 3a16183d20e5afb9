import { expect } from 'chai';
import { NotAllowed } from '../../../../internal/entity/errors.js';
import { EventObserver, Logger, Translator } from '../../../../internal/repo/contracts.js';
import { EventLogger } from '../../../../internal/repo/persistent/kafka/event_logger.js';
import { Driver } from '../../../../internal/app/tokens.js';
import { readableMessage, readPartition } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { type Instance, Instances } from '../../support/instance.js';

const KEY = 'key-that-nobody-may-see';

/** Fails once for one text, for good for another. */
class FaultyTranslator {
  private failures = 0;

  async translate(text: string): Promise<string> {
    if (text === 'leaky') throw new NotAllowed('TRANSLATION_REFUSED', `the key ${KEY} is not known`);
    if (text === 'refused') throw new NotAllowed('TRANSLATION_REFUSED', 'not this text');
    if (text === 'flaky' && this.failures++ === 0) throw new Error('not now');
    return 'done';
  }
}

describe('the log lines of the service', function () {
  this.timeout(60_000);
  const instances = new Instances();
  let service: Instance;

  before(async () => {
    service = await instances.start({
      prefix: uniqueName('lines'),
      env: { TRANSLATOR_API_KEY: KEY },
      overrides: (container) => {
        container.rebind<Translator>(Translator).toConstantValue(new FaultyTranslator());
        container
          .rebind<EventObserver>(EventObserver)
          .toDynamicValue((context) => new EventLogger(context.get(Logger)));
      },
    });
  });

  after(() => instances.stop());

  const lines = (part: RegExp) => service.log.lines.filter(({ message }) => part.test(message));
  const ask = (original: string) =>
    service.send(
      'POST',
      '/v1/translations',
      { source: 'en', target: 'de', original },
      {
        'x-correlation-id': `of-${original}`,
      },
    );
  /** The line about the request's event; its offset tells which. */
  const about = (part: RegExp, original: string) =>
    eventually(() => lines(part).find(({ fields }) => fields['correlationId'] === `of-${original}`));

  it('are one for each request, and at debug one for each event that was handled', async () => {
    const { body } = await ask('hello');
    await eventually(() =>
      lines(/^event consumed$/).some(({ fields }) => fields['eventId'] === body['eventId']),
    );
    const handled = () =>
      lines(/^event consumed$/).filter(
        ({ fields }) => fields['eventId'] === body['eventId'] && fields['reader'] !== 'view',
      );
    await eventually(() => handled().length === 1);
    expect(handled()[0]).to.deep.include({ level: 'debug' });
    expect(handled()[0]?.fields).to.include({ type: 'translation.requested' });
    expect(lines(/^POST \/v1\/translations 202$/)).to.have.length(1);
  });

  it('tell of a retry with its cause and the correlation id', async () => {
    await ask('flaky');
    const { level, fields } = await about(/is tried again/, 'flaky');
    expect([level, String(fields['error'])]).to.deep.equal(['warn', 'Error: not now']);
    expect(fields).to.include({ attempt: 1 }).and.to.include.keys('topic', 'partition', 'offset', 'delayMs');
  });

  it('tell of a dead letter with its cause, its place and the correlation id', async () => {
    await ask('refused');
    const { level, fields } = await about(/set aside/, 'refused');
    expect([level, String(fields['error'])]).to.deep.equal(['warn', 'NotAllowed: not this text']);
    expect(fields['target']).to.match(/-dlt$/);
    expect(fields).to.include({ attempt: 1 });
    const metrics = await (await service.call('/metrics')).text();
    expect(metrics).to.match(/messaging_dead_letters_total\{.*error_type="NotAllowed"\} 1/);
    expect((await service.send('GET', '/readyz')).status).to.equal(200);
  });

  it('and dead letters hold no secret of the configuration, whatever an error says', async () => {
    await ask('leaky');
    const { fields } = await about(/set aside/, 'leaky');
    const letters: string[] = [];
    const topic = { topic: String(fields['target']), from: 'earliest', to: 'end' } as const;
    for (const partition of [0, 1, 2]) {
      for await (const { records } of readPartition(service.container.get(Driver), { ...topic, partition })) {
        letters.push(...records.map((record) => JSON.stringify(readableMessage(record))));
      }
    }
    expect(letters.join()).to.include('the key [redacted] is not known').and.not.to.include(KEY);
  });
});
