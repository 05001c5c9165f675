/** What the other side of a channel may do instead of answering. */
import type net from 'node:net';

export interface Misdeed {
  readonly do: (socket: net.Socket) => void;
  /** `nonsense`, `page`: a 200 with what its provider never says. */
  readonly is: 'failed' | 'nonsense' | 'page';
  readonly retryAfterMs?: number;
}

/** It hangs up after each answer, and says so: else the next channel's request is sent on a connection that ends. */
const CLOSE = 'connection: close\r\n';
const HEAD = `HTTP/1.1 200 OK\r\n${CLOSE}content-type: application/json\r\n`;
const PAGE = '<html>a captive portal</html>';
/** Once the request is there as a whole: an answer that comes before its end is another misdeed. Who speaks no HTTP is answered after a moment. */
const say =
  (text: string): Misdeed['do'] =>
  (socket) => {
    let got = '';
    const answer = (): void => void (socket.writableEnded || socket.end(text));
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
      const head = got.indexOf('\r\n\r\n') + 4;
      const length = Number(/^content-length: (\d+)/im.exec(got)?.[1] ?? 0);
      if (!/ HTTP\/1\.1\r\n/.test(got)) setTimeout(answer, 150);
      else if (head > 4 && got.length >= head + length) answer();
    });
  };
const everyMs = (socket: net.Socket, ms: number, run: () => void): void => {
  const timer = setInterval(run, ms);
  socket.on('close', () => clearInterval(timer));
};

/** Bytes that were sent to all, where it sends without end. */
export const flood = { bytes: 0 };

export const MISDEEDS: Readonly<Record<string, Misdeed>> = {
  'never answers': { do: () => undefined, is: 'failed' },
  'hangs up': { do: (socket) => socket.end(), is: 'failed' },
  'hangs up in the middle of its answer': { do: (socket) => socket.once('data', () => socket.write('HTTP/1.1 2', () => socket.destroy())), is: 'failed' },
  'sends garbage': { do: (socket) => socket.write('\u0000\u0001 what?\r\n\r\n'), is: 'failed' },
  'sends headers without end': { do: (socket) => everyMs(socket, 50, () => socket.write('HTTP/1.1 200 OK\r\nx: y\r\n')), is: 'failed' },
  'sends one byte at a time': { do: (socket) => { let at = 0; everyMs(socket, 50, () => socket.write(`${HEAD}x: `[at++] ?? 'y')); }, is: 'failed' },
  'sends a header of a megabyte': { do: (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`)), is: 'failed' },
  'has a defect': { do: say(`HTTP/1.1 500 Internal Server Error\r\n${CLOSE}content-length: 18\r\n\r\n<html>nginx</html>`), is: 'failed' },
  'asks for patience': { do: say(`HTTP/1.1 429 Too Many Requests\r\n${CLOSE}retry-after: 7\r\ncontent-length: 4\r\n\r\nslow`), is: 'failed', retryAfterMs: 7_000 },
  'asks for patience until a year that is no year': { do: say(`HTTP/1.1 503 Service Unavailable\r\n${CLOSE}retry-after: 99999999999999\r\ncontent-length: 0\r\n\r\n`), is: 'failed' },
  'answers 200 with JSON that breaks off': { do: say(`${HEAD}content-length: 6\r\n\r\n{"ok":`), is: 'nonsense' },
  'answers 200 with other JSON': { do: say(`${HEAD}content-length: 13\r\n\r\n[[[null,{}]]]`), is: 'nonsense' },
  'answers 200 with a web page': { do: say(`HTTP/1.1 200 OK\r\n${CLOSE}content-type: text/html\r\ncontent-length: ${PAGE.length}\r\n\r\n${PAGE}`), is: 'page' },
  'answers 200 and a body without end': {
    do: (socket) => socket.once('data', () => {
      socket.write(`${HEAD}\r\n`);
      const more = (): void => { for (;;) { flood.bytes += 65_536; if (!socket.write('x'.repeat(65_536)) || socket.destroyed) break; } };
      socket.on('drain', more);
      more();
    }),
    is: 'nonsense',
  },
}; // prettier-ignore
