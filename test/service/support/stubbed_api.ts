import sinon from 'sinon';
import { loadConfig } from '../../../config/config.js';
import { buildContainer } from '../../../internal/app/container.js';
import { apiComponent } from '../../../internal/app/http.js';
import { Logger } from '../../../internal/repo/contracts.js';
import * as contracts from '../../../internal/usecase/contracts.js';
import { type Component } from '../../../pkg/program/lifecycle.js';
import { LogBook } from '../../support/log.js';

/** The tokens of all use cases. */
const drivingPorts = Object.values(contracts).filter((token) => typeof token === 'symbol');

/** The HTTP side of the service as it is wired, on use cases that a test scripts; nothing else runs. */
export class StubbedApi {
  private readonly sandbox = sinon.createSandbox();
  readonly log = new LogBook();
  /** Of each port, the methods that a test scripted. */
  private readonly ports = new Map<symbol, Record<string, sinon.SinonStub>>();
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
      bindings.rebind(Logger).toConstantValue(this.log);
      for (const token of drivingPorts) bindings.rebind(token).toConstantValue(this.port(token));
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

  /** The stub that answers for a method of a use case. */
  stub(token: symbol, method: string): sinon.SinonStub {
    return (this.port(token)[method] ??= this.sandbox.stub());
  }

  private port(token: symbol): Record<string, sinon.SinonStub> {
    const known = this.ports.get(token);
    if (known) return known;
    // A method that no test scripted yet is a stub as well.
    const port = new Proxy<Record<string, sinon.SinonStub>>(
      {},
      {
        get: (methods, name) =>
          typeof name === 'symbol' || name === 'then' ? undefined : (methods[name] ??= this.sandbox.stub()),
      },
    );
    this.ports.set(token, port);
    return port;
  }
}
