import { open } from 'node:fs/promises';

const LARGEST = 16_384;

/** What a file holds, without the blanks around it. Rejects, without its content, where it holds nothing or too much. */
export async function secretIn(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LARGEST + 1), 0, LARGEST + 1, 0);
    const text = buffer.toString('utf8', 0, bytesRead).trim();
    if (bytesRead > LARGEST || text === '') throw new Error(`the file ${file} does not hold a secret of 1 to ${LARGEST} bytes`);
    return text;
  } finally {
    await handle.close();
  }
}
