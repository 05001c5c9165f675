import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { portsFrom, refuseTakenPorts } from './ports.ts';

test('all ports follow from the base, and nines alone may be elsewhere', () => {
  const usual = { nines: 9900, balancer: 9910, instances: [9911, 9912, 9913], store: 9921, visits: 9922, controller: 9930 };
  expect(portsFrom(9900)).toEqual(usual);
  expect(readOptions([]).ports).toEqual(usual);
  expect(readOptions(['--port', '8080']).ports).toEqual({ ...usual, nines: 8080 });
  expect(readOptions(['--base-port=12000']).ports).toEqual(portsFrom(12_000));
});

test('the controller is only told where it is not the usual one', () => {
  expect(readOptions(['--port', '8080']).controllerOption).toBe('');
  expect(readOptions(['--base-port', '12000']).controllerOption).toBe(' --controller http://127.0.0.1:12030');
});

test.each([
  [['--base-port', '80'], "--base-port takes a whole number from 1024 to 65495; '80' is none."],
  [['--base-port', '65500'], "--base-port takes a whole number from 1024 to 65495; '65500' is none."],
  [['--port', 'x'], "--port takes a whole number from 1024 to 65535; 'x' is none."],
  [['--prot', '9900'], "Unknown option '--prot'"],
])('%j is refused in a sentence', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test('a port that is taken is named, with whom it is for and what to do', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const taken = { ...portsFrom(20_000), nines: port };
    await expect(refuseTakenPorts(taken)).rejects.toThrow(new RegExp(`^Port ${port}, which nines needs, is in use .*npm run demo -- --base-port \\d+$`));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}); // prettier-ignore
