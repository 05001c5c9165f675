/** The body of an answer: unpacked, and as text. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The body's bytes without their gzip. Ends with an error where the connection ends before the body. */
export function unpacked(response: IncomingMessage, encoding: string): AsyncIterable<Buffer> {
  if (encoding === 'identity') return response;
  const gunzip: Readable = response.pipe(createGunzip());
  response.on('error', (error) => gunzip.destroy(error));
  response.on('close', () => {
    if (!response.complete) gunzip.destroy(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
  });
  return gunzip;
}

/** Throws, naming the line, where it is not UTF-8. */
export function decode(body: Buffer): string {
  if (isUtf8(body)) return body.toString('utf8');
  let line = 1;
  for (let start = 0; start < body.length; line += 1) {
    const newline = body.indexOf(10, start);
    const end = newline === -1 ? body.length : newline;
    if (!isUtf8(body.subarray(start, end))) break;
    start = end + 1;
  }
  throw new Error(`line ${line}: invalid UTF-8`);
}
