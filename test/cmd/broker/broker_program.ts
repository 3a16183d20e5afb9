import { Program } from '../../support/program.js';

/** The embedded broker as a process of its own. */
export class BrokerProgram extends Program {
  constructor(args: readonly string[]) {
    super('cmd/broker/main', { args });
  }

  /** Waits until it serves. @returns its address @throws when it ends instead */
  async serving(): Promise<string> {
    const [, address = ''] = await this.shows(/broker on (\S+:\d+),[^]*Ctrl-C/);
    return address;
  }
}
