import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { badRequest, LimitError, Problem } from '../../platform/problem.ts';

const unpack = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/**
 * A body as its sender meant it, unpacked where it is compressed. What unpacks to more than `maxBody` bytes is refused once so many
 * have come out.
 */
export async function readBody(body: Buffer, encoding: string | readonly string[] | undefined, maxBody: number): Promise<Buffer> {
  const name = String(encoding ?? 'identity')
    .trim()
    .toLowerCase();
  if (name === 'identity' || name === '') return body;
  const method = name === 'gzip' || name === 'x-gzip' ? unpack.gzip : name === 'deflate' ? unpack.deflate : undefined;
  if (!method) throw new Problem(415, 'wrong-encoding', `The body may be compressed with gzip or deflate, not '${name.slice(0, 100)}'.`);
  try {
    return await method(body, { maxOutputLength: maxBody });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new LimitError(413, 'The body is too large when decompressed.', { limit: maxBody, setting: 'intake.maxBody' });
    throw badRequest(`The body is not ${name}: ${(error as Error).message}.`);
  }
}
