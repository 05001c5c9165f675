// What every command of this repository does first, with nothing installed but Node: installs the locked
// dependencies where they are missing or older than the lock, and builds where a source is newer than the build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const say = (text) => process.stderr.write(`${text}\n`);

/** Runs a command, its output on standard error; ends this process with its exit code where it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 2], ...options });
  if (error) say(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** The path of a tool that a dependency brings. */
export const tool = (name) => path.join(root, 'node_modules', '.bin', name);

const hash = (...files) => {
  const sum = createHash('sha256');
  for (const file of files) sum.update(fs.readFileSync(path.join(root, file)));
  return sum.digest('hex');
};

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`nines needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs what package-lock.json says, where node_modules was not made from this very lock. */
export function install() {
  refuseOldNode();
  const marker = path.join(root, 'node_modules', '.nines-lock');
  const wanted = hash('package-lock.json', 'package.json');
  if (fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === wanted) return;
  say('Installing the locked dependencies (about 600 MB, once) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  fs.writeFileSync(marker, wanted);
}

/** The newest change below these folders, in milliseconds. */
function newest(folders) {
  let latest = 0;
  const visit = (entry) => {
    const stat = fs.statSync(entry, { throwIfNoEntry: false });
    if (!stat) return;
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory()) for (const name of fs.readdirSync(entry)) if (name !== 'node_modules') visit(path.join(entry, name));
  };
  for (const folder of folders) visit(path.join(root, folder));
  return latest;
}

function step(name, sources, build) {
  const marker = path.join(root, 'dist', `.${name}`);
  const stat = fs.statSync(marker, { throwIfNoEntry: false });
  if (stat && stat.mtimeMs >= newest(sources)) return;
  const began = Date.now();
  const startOfBuild = new Date();
  say(`Building ${name} …`);
  build();
  fs.mkdirSync(path.dirname(marker), { recursive: true });
  fs.writeFileSync(marker, '');
  // As of when the build began: what was edited meanwhile is built the next time.
  fs.utimesSync(marker, startOfBuild, startOfBuild);
  say(`Built ${name} in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
}

const SERVER = ['src', 'cli', 'examples', 'scripts/bundle.mjs', 'package-lock.json'];
const WEB = ['web', 'src', 'package-lock.json'];

export function buildServer() {
  step('server', SERVER, () => {
    // Types are checked by `npm run check`: a build must not refuse to start what runs.
    run(process.execPath, ['scripts/bundle.mjs']);
  });
}

export function buildWeb() {
  step('web', WEB, () => run(process.execPath, [tool('vite'), 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']));
}

export function prepare({ web = true } = {}) {
  install();
  buildServer();
  if (web) buildWeb();
}
