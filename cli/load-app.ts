import { CliError } from './cli-error.ts';
import type { KindRegistry } from '../src/catalog/resource-kind.ts';
import type { UpOptions } from './up-options.ts';

/** The server's own code, loaded only by the commands that need it: asking a server takes no database. */
type Loaded = Readonly<Record<string, unknown>>;

async function load(module: string): Promise<Loaded | undefined> {
  try {
    return (await import(module)) as Loaded;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(module.replace(/^(\.\.\/)+/, '').replace(/\.ts$/, ''))) return undefined;
    throw error;
  }
}

/** Starts nines in this process. */
export async function loadUp(): Promise<(options: UpOptions) => Promise<void>> {
  const app = await load('../src/app/up.ts');
  if (typeof app?.['up'] !== 'function') throw new CliError('This nines has no server in it.', { hint: 'build it with: npm run build' });
  return app['up'] as (options: UpOptions) => Promise<void>;
}

/** Every kind of document that this nines understands. */
export async function loadKinds(): Promise<KindRegistry> {
  for (const module of ['../src/app/kinds.ts', '../src/app/index.ts']) {
    const kinds = (await load(module))?.['kinds'];
    if (typeof kinds === 'function') return (kinds as () => KindRegistry)();
  }
  const { catalogKinds } = await import('../src/catalog/index.ts');
  return { kinds: catalogKinds, foreignKinds: [] };
}
