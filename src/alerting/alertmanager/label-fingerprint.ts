const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;
const SEPARATOR = Uint8Array.of(0xff);
const encoder = new TextEncoder();

/** A set of labels as Alertmanager and Prometheus name it (model.LabelSet.Fingerprint): FNV-1a, 64 bits, over names and values in order. */
export function labelFingerprint(labels: Readonly<Record<string, string>>): string {
  let hash = OFFSET;
  const add = (bytes: Uint8Array): void => {
    for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  };
  for (const name of Object.keys(labels).sort(byBytes)) {
    add(encoder.encode(name));
    add(SEPARATOR);
    add(encoder.encode(labels[name]));
    add(SEPARATOR);
  }
  return hash.toString(16).padStart(16, '0');
}

/** As Go sorts: by UTF-8, which differs from UTF-16 beyond the first plane only. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
