import { createSocket, type Socket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inodesOf, LONGEST_PACKET, waitingPackets } from './waiting-packets.ts';

const bound = (socket: Socket): Promise<number> =>
  new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));

test.skipIf(!existsSync('/proc/self/net/udp'))('packets that wait are read in their order, whole, until none waits', async () => {
  const [socket, sender] = [createSocket('udp4'), createSocket('udp4')];
  const port = await bound(socket);
  await new Promise<void>((resolve) => sender.connect(port, '127.0.0.1', resolve));
  const packets = waitingPackets(port);
  const into = new Uint8Array(LONGEST_PACKET + 5);
  expect(packets?.next(into, 0)).toBe(-1);
  const sent = ['a:1|c', '', 'b'.repeat(1400)];
  // Nothing else of this process has its turn in between, so the socket's own events don't take them.
  for (const text of sent) sender.send(text);
  const got: string[] = [];
  for (let length = packets?.next(into, 5) ?? -1; length >= 0; length = packets?.next(into, 5) ?? -1)
    got.push(Buffer.from(into.subarray(5, 5 + length)).toString());
  expect(got).toEqual(sent);
  sender.send('late');
  packets?.close();
  expect(packets?.next(into, 0)).toBe(-1);
  sender.close();
  socket.close();
});

test('a port of which nothing is known has none', () => {
  expect(waitingPackets(1)).toBeUndefined();
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    ' 1: 00000000:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0 17',
    ' 2: 00000000:1FBE 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0 5',
    ' 3: 00000000',
  ].join('\n');
  expect([inodesOf(table, 8125), inodesOf(table, 1)]).toEqual([['4711'], []]);
});
