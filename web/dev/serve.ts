import { fileURLToPath } from 'node:url';
import { startFixtureServer } from './fixture-server.ts';
import { makeWorld, type WorldName } from './world.ts';

/** The built UI over a made-up world, until stopped. `npx vite` with NINES_URL set to it develops against it. */
export default async function serve([name = 'trouble', port = '9901']: string[]): Promise<void> {
  const root = fileURLToPath(new URL('../../dist/web', import.meta.url));
  const server = await startFixtureServer({ root, world: makeWorld(name as WorldName), port: Number(port) });
  console.log(`${server.url} shows ${name}`);
}
