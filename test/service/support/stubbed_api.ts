import sinon from 'sinon';
import { loadConfig } from '../../../config/config.js';
import { buildContainer } from '../../../internal/app/container.js';
import { apiComponent } from '../../../internal/app/http.js';
import { type Component } from '../../../internal/app/lifecycle.js';
import { Logger } from '../../../internal/repo/contracts.js';
import { Health, Kafka, Translations, Users } from '../../../internal/usecase/contracts.js';
import { LogBook } from '../../support/log.js';

/** The HTTP side of the service as it is wired, on use cases that a test scripts; nothing else runs. */
export class StubbedApi {
  private readonly sandbox = sinon.createSandbox();
  readonly log = new LogBook();
  readonly users = this.stubs('create', 'update', 'remove', 'get', 'list');
  readonly translations = this.stubs('request', 'get', 'listOfUser');
  readonly kafka = this.stubs(
    'produceMessage',
    'receiveMessage',
    'enableProducer',
    'disableProducer',
    'enableConsumer',
    'disableConsumer',
    'status',
  );
  readonly health = this.stubs('readiness');
  life = { running: true, hasStarted: true };
  url = '';
  private component: Component | undefined;

  async start(flags: Record<string, string> = {}, env: Record<string, string> = {}): Promise<void> {
    const config = loadConfig({
      env,
      // No broker is there, and none is asked for anything.
      flags: { 'KAFKA.BROKERS': '127.0.0.1:1', 'HTTP.PORT': '0', ...flags },
    });
    const container = await buildContainer(config, (bindings) => {
      for (const [token, stub] of [
        [Logger, this.log],
        [Users, this.users],
        [Translations, this.translations],
        [Kafka, this.kafka],
        [Health, this.health],
      ] as const) {
        bindings.rebind(token).toConstantValue(stub);
      }
    });
    this.component = apiComponent(container, {
      life: () => this.life,
      onListening: (url) => (this.url = url),
    });
    await this.component.start?.();
  }

  async stop(): Promise<void> {
    await this.component?.stop?.();
  }

  call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  private stubs<Name extends string>(...names: readonly Name[]): Record<Name, sinon.SinonStub> {
    const made = names.map((name) => [name, this.sandbox.stub()]);
    return Object.fromEntries(made) as Record<Name, sinon.SinonStub>;
  }
}
