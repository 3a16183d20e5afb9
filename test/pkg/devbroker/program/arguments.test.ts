import { expect } from 'chai';
import { parseArguments, UsageError } from '../../../../pkg/devbroker/program/arguments.js';

describe('broker program: arguments', () => {
  it('default to the well-known port on the loopback address, data in .data, and no topics', () => {
    const expected = { host: '127.0.0.1', advertisedHost: null, port: 9092, data: '.data', topics: {} };
    expect(parseArguments([])).to.deep.equal(expected);
  });

  it('name the host that clients are told, where that is not the address to listen on', () => {
    expect(parseArguments(['--host', '0.0.0.0', '--advertised-host', 'kafka'])).to.include({
      host: '0.0.0.0',
      advertisedHost: 'kafka',
    });
  });

  it('name the data folder, or none', () => {
    expect(parseArguments(['--data', '/tmp/x'])).to.have.property('data', '/tmp/x');
    expect(parseArguments(['--memory'])).to.have.property('data', null);
  });

  it('take every topic with its partitions; its name may hold dots, dashes and underscores', () => {
    expect(parseArguments(['--topic', 'a.b-c_d:3', '--topic', 'b:1'])).to.have.deep.property('topics', {
      'a.b-c_d': 3,
      b: 1,
    });
  });

  it('are the request for help as soon as --help is among them', () => {
    expect(parseArguments(['--port', '1', '--help'])).to.equal('help');
  });

  const bad: [string[], string][] = [
    [['--port', 'kafka'], '--port kafka'],
    [['--port', '70000'], '--port 70000'],
    [['--port', ''], 'a number from 0'],
    [['--topic', 'orders'], 'name:partitions'],
    [['--topic', 'orders:-1'], 'name:partitions'],
    [['--topic', 'a:1', '--topic', 'a:2'], 'named twice'],
    [['--prot', '1'], '--prot'],
    [['orders'], 'orders'],
    [['--memory', '--data', 'x'], 'contradict'],
  ];
  for (const [args, expected] of bad) {
    it(`are refused with what to mend: ${args.join(' ')}`, () => {
      expect(() => parseArguments(args)).to.throw(UsageError, expected);
    });
  }
});
