/** The certificate of the mail ports, read anew when its files change. */
import fs from 'node:fs/promises';
import tls from 'node:tls';

/** Files in PEM: the certificate with those that it is signed by, and its key. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const LARGEST = 1024 * 1024;

async function read(file: string): Promise<Buffer> {
  const { size } = await fs.stat(file);
  if (size > LARGEST) throw new Error(`${file} has ${size} bytes: it is no certificate or key in PEM`);
  return fs.readFile(file);
}

/**
 * Returns what looks: the pair, where it is new and belongs together; undefined where nothing changed.
 * @throws Error in words where a file can't be read, or the two don't fit: what was before stays in use
 */
export function watchPair({ certificate, key }: TlsFiles): () => Promise<Pair | undefined> {
  let known: Pair | undefined;
  return async () => {
    const pair = { cert: await read(certificate), key: await read(key) };
    if (known?.cert.equals(pair.cert) === true && known.key.equals(pair.key)) return undefined;
    try {
      // Told of here, and not by the next sender who asks for encryption.
      tls.createSecureContext(pair);
    } catch (error) {
      throw new Error(`${certificate} and ${key} are no certificate and its key: ${(error as Error).message}`, { cause: error });
    }
    known = pair;
    return pair;
  };
}
