/** Other sides that repeat what they were told, as servers do in their errors. */
import type net from 'node:net';

type Parrot = (socket: net.Socket) => void;

/** HTTP: the request as it came, its head or its body first; IRC, where it begins with a password: in the refusal of it. */
export const parrot =
  (status: string, first: 'head' | 'body'): Parrot =>
  (socket) => {
    let heard = '';
    socket.on('data', (data: Buffer) => {
      heard += data.toString('utf8');
      const said = heard.startsWith('PASS ') ? ofIrc(heard) : ofHttp(heard, status, first);
      if (said !== undefined) socket.end(said);
    });
  };

/** Undefined where there is more to come. */
const ofIrc = (heard: string): string | undefined =>
  heard.includes('USER ') ? `:irc 464 nines :${heard.replaceAll('\r\n', ' ')}\r\n` : undefined;

function ofHttp(heard: string, status: string, first: 'head' | 'body'): string | undefined {
  const [head = '', body] = heard.split(/\r\n\r\n([^]*)/);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (body === undefined || Buffer.byteLength(body) < length) return undefined;
  const said = first === 'head' ? heard : `${body}\n${head}`;
  return `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(said)}\r\nconnection: close\r\n\r\n${said}`;
}

/** SMTP: the password, as it came and as it is meant. */
export const parrotOfMail: Parrot = (socket) => {
  socket.write('220 mail.example.org ESMTP\r\n');
  socket.on('data', (data: Buffer) => {
    const line = data.toString('utf8').trim();
    const coded = Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
      .toString('utf8')
      .replaceAll('\0', ' ');
    socket.write(/^EHLO/i.test(line) ? '250-mail.example.org\r\n250 AUTH PLAIN\r\n' : `535 no: ${line} is ${coded}\r\n`);
  });
};
