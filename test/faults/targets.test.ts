/** Targets that send garbage, trickle, never end, or send one line of ten megabytes, beside one that is well. */
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { TargetStateJson } from '../../src/monitoring/contract.ts';
import { tcpPeer } from '../../src/delivery/channels/test-peers.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n';

/** The target that is well, and when it was asked, on the monotonic clock. */
async function wellTarget() {
  const askedAt: number[] = [];
  const server = http.createServer((_, response) => {
    askedAt.push(performance.now());
    response.end('good 1\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    askedAt,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

/** Each answers every connection so; `error` is what `/nines/v1/targets` must say of it, to the letter. */
const BAD: Record<string, { answer: (socket: Socket) => void; error: RegExp }> = {
  binary: {
    answer: (socket) => socket.end(Buffer.concat([Buffer.from(HEAD), Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256))])),
    error: /^line 1/,
  },
  html: { answer: (socket) => socket.end(`${HEAD}<html><body>Welcome</body></html>\n`), error: /^line 1/ },
  'no-http': { answer: (socket) => socket.end('220 mail.example ESMTP\r\n'), error: /HTTP/ },
  trickle: {
    answer: (socket) => {
      socket.write(HEAD);
      const timer = setInterval(() => socket.write('x'), 1_000);
      socket.on('close', () => clearInterval(timer));
    },
    error: /^timeout after 2s while reading \(\d+ bytes received\)$/,
  },
  endless: {
    answer: (socket) => {
      const chunk = Buffer.from('endless_total{a="b"} 1\n'.repeat(2_000));
      socket.write(HEAD);
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    },
    error: /^(the body is larger than bodyLimit \(4 MiB\)|timeout after 2s while reading)/,
  },
  'long-line': {
    answer: (socket) => socket.end(`${HEAD}long{a="${'x'.repeat(10 * 1024 ** 2)}"} 1\n`),
    error: /^the body is larger than bodyLimit \(4 MiB\)$/,
  },
  'long-label': {
    answer: (socket) => socket.end(`${HEAD}long{a="${'x'.repeat(1024 ** 2)}"} 1\n`),
    error: /^line 1: /,
  },
};

test('bad targets are told apart and hold up no other', { timeout: 60_000 }, async () => {
  await using well = await wellTarget();
  const peers = await Promise.all(Object.entries(BAD).map(async ([name, { answer }]) => ({ name, ...(await tcpPeer(answer)) })));
  const scrape = (name: string, port: number): string => `
apiVersion: nines/v1
kind: Scrape
metadata: { name: ${name} }
spec: { targets: ['127.0.0.1:${port}'], interval: 2s, bodyLimit: 4MB }
`;
  await using nines = await NinesProcess.start({
    files: { 'targets.yaml': [scrape('well', well.port), ...peers.map(({ name, port }) => scrape(name, port))].join('---') },
  });
  const targets = async (): Promise<Map<string, TargetStateJson>> => {
    const answer = await nines.ask<{ targets: TargetStateJson[] }>('GET', '/nines/v1/targets');
    return new Map(answer.targets.map((one) => [one.scrape, one]));
  };
  await waitFor(
    'every target to have an outcome',
    async () => [...(await targets()).values()].filter(({ health }) => health !== 'unknown').length === peers.length + 1,
  );
  const from = well.askedAt.length;
  await waitFor('five more scrapes of the good one', () => well.askedAt.length >= from + 5);
  const gaps = well.askedAt.slice(from).map((at, i) => at - (well.askedAt[from + i - 1] ?? at));
  // Two seconds each; whatever the others do, none is left out.
  for (const gap of gaps) expect(gap).toBeLessThan(3_500);

  const now = await targets();
  expect(now.get('well')).toMatchObject({ health: 'up', lastError: null, samples: 1 });
  for (const [name, { error }] of Object.entries(BAD)) {
    expect(now.get(name)?.health, name).toBe('down');
    expect(now.get(name)?.lastError ?? '', name).toMatch(error);
    expect((now.get(name)?.lastError ?? '').length, name).toBeLessThan(1_000);
  }
  expect(nines.output).not.toContain('a defect');
  for (const peer of peers) await peer[Symbol.asyncDispose]();
});
