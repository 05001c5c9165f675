import type { KindRegistry } from '../src/catalog/index.ts';
import type { UpOptions } from './up-options.ts';

// The server's own code is loaded by the commands that need it alone: asking a server takes no database.

/** Starts nines in this process. */
export async function loadUp(): Promise<(options: UpOptions) => Promise<void>> {
  const { up } = await import('../src/app/up.ts');
  return up;
}

/** Every kind of document that this nines understands. */
export async function loadKinds(): Promise<KindRegistry> {
  const { kinds } = await import('../src/app/kinds.ts');
  return kinds();
}
