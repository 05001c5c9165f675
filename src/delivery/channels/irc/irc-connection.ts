import net from 'node:net';
import tls from 'node:tls';

/** A line from the server: `:server 433 * nines :Nickname is already in use` (RFC 2812, 2.3.1). */
export interface IrcLine {
  readonly source: string;
  readonly command: string;
  readonly params: readonly string[];
}

/** Longer than any server's; beyond, the other side is not IRC. With message tags a line may have 8,191 bytes. */
const MAX_LINE = 8_192;

export function parseIrcLine(text: string): IrcLine {
  let rest = text.startsWith('@') ? text.slice(text.indexOf(' ') + 1) : text;
  let source = '';
  if (rest.startsWith(':')) {
    const end = rest.indexOf(' ');
    source = end === -1 ? rest.slice(1) : rest.slice(1, end);
    rest = end === -1 ? '' : rest.slice(end + 1);
  }
  const at = rest.indexOf(' :');
  const words = (at === -1 ? rest : rest.slice(0, at)).split(' ').filter((word) => word !== '');
  const [command = '', ...params] = words;
  return { source, command: command.toUpperCase(), params: at === -1 ? params : [...params, rest.slice(at + 2)] };
}

export interface IrcConnection {
  /** One line, without its end. */
  write(line: string): void;
  /** The next line; throws where the connection ends, or time is up. PINGs are answered on the way. */
  read(): Promise<IrcLine>;
  close(): void;
}

export interface IrcEnd {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** A certificate that signs the server's, in PEM: for a network with one of its own. */
  readonly ca?: string | undefined;
}

/** Connects; `signal` ends everything. */
export async function connectIrc({ host, port, tls: secure, ca }: IrcEnd, signal: AbortSignal): Promise<IrcConnection> {
  signal.throwIfAborted();
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = secure ? tls.connect({ host, port, ...servername, ...(ca !== undefined && { ca }) }) : net.connect({ host, port });
  const lines: IrcLine[] = [];
  let rest = '';
  let ended: Error | undefined;
  let wake: () => void = () => undefined;
  const end = (error: Error): void => {
    ended ??= error;
    socket.destroy();
    wake();
  };
  const write = (line: string): void => void (socket.writable && socket.write(`${line}\r\n`));
  socket.setEncoding('utf8');
  socket.on('data', (data: string) => {
    const parts = (rest + data).split(/\r?\n/);
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) return end(new Error('the server sends lines without end; it does not speak IRC'));
    for (const part of parts) {
      const line = parseIrcLine(part);
      if (line.command === 'PING') write(`PONG :${line.params.at(-1) ?? ''}`);
      else if (line.command !== '') lines.push(line);
    }
    // A message of the day is long; nobody waits for ten thousand lines.
    if (lines.length > 10_000) return end(new Error('the server does not stop sending'));
    wake();
  });
  socket.on('error', end).on('close', () => end(new Error('the server closed the connection')));
  signal.addEventListener('abort', () => end(signal.reason as Error), { once: true });
  await new Promise<void>((resolve) => {
    wake = resolve;
    socket.once(secure ? 'secureConnect' : 'connect', resolve);
  });
  if (ended) throw ended;
  return {
    write,
    async read() {
      for (;;) {
        const line = lines.shift();
        if (line) return line;
        if (ended) throw ended;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    close: () => end(new Error('closed')),
  };
}
