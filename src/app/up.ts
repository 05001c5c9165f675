import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../platform/clock.ts';
import { createLog } from '../platform/log.ts';
import { PACKAGE_ROOT, VERSION } from '../platform/package-root.ts';
import { Problem } from '../platform/problem.ts';
import { createApp } from './create-app.ts';
import { loadSettings, type Settings, type UpOptions } from './settings.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** There where the web was built. */
function findWeb(): string | undefined {
  const web = path.join(PACKAGE_ROOT, 'dist', 'web');
  return fs.existsSync(path.join(web, 'index.html')) ? web : undefined;
}

function whereNext(settings: Settings, port: number, setupLink: string | null, seconds: string): string {
  const url = settings.port === port ? settings.url : `http://localhost:${port}`;
  const lines = [`nines ${VERSION} is up at ${url} after ${seconds} s. Its data is in ${path.resolve(settings.data)}.`, ''];
  if (setupLink !== null) {
    lines.push('Make the first account (this link works once):', `  ${setupLink.replace(settings.url, url)}`, '');
  }
  if (settings.config === undefined) {
    lines.push(
      'It watches itself and this host already. Where to go next:',
      '  npm run demo                     a shop that you can break, and the whole story from page to postmortem',
      '  nines up --config DIR            your own services, from a folder of documents',
      '  docs/tutorial.md                 the first probe, schedule and page in ten minutes',
      '',
    );
  }
  lines.push('Ctrl-C stops it.');
  return lines.join('\n');
}

/** `nines up`: runs until SIGINT or SIGTERM. Rejects with a Problem when it can't start. */
export async function up(options: UpOptions): Promise<void> {
  const began = performance.now();
  const settings = loadSettings(options, process.env);
  const log = createLog(settings.logLevel);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a defect: a rejection that nobody handled'));
  const app = await createApp({ settings, clock: systemClock, log, progress: (what) => say(`${what} …`), webDirectory: findWeb() });
  app.health.onChange(({ component, state, problem }, before) => {
    if (state !== 'ok') say(`${component} is ${state}: ${problem}`);
    else if (before !== undefined) say(`${component} is ok again.`);
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    say('Stopping …');
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const port = await app.start();
    say(whereNext(settings, port, await app.setupLink(), ((performance.now() - began) / 1000).toFixed(1)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Problem(
        409,
        'port-in-use',
        `Port ${settings.port} is in use by another program. Stop that, or choose another: --port 9901.`,
        { cause: error },
      );
    }
    throw error;
  }
}
