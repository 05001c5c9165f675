#!/usr/bin/env node
// Adds to package-lock.json an entry for each optional platform package that `npm install` dropped.
//
// Where the registry lacks some other platform's package, `npm install` leaves it out of the lock and
// `npm ci` then stops with EUSAGE. An entry of name, version, os and cpu is enough for npm to know that
// it is optional and not for this machine. Run after every change of dependencies; `--check` only tells.
import fs from 'node:fs';

const check = process.argv.includes('--check');
const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
/** The platform a package is for, read from its name: the lock has no other source when the package is missing. */
const platformOf = (name) => {
  const os = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony', 'aix', 'sunos', 'netbsd', 'openbsd'].find((one) =>
    name.includes(one),
  );
  const cpu = ['arm64', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'arm', 'wasm32'].find((one) => name.includes(one));
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }) };
};
const missing = [];
for (const [path, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${path}/node_modules/${name}`]) continue;
    missing.push(`${name}@${version}`);
    lock.packages[`node_modules/${name}`] = { version, optional: true, ...(entry.dev && { dev: true }), ...platformOf(name) };
  }
const addresses = Object.entries(lock.packages).filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''));
for (const [, entry] of addresses) delete entry.resolved;
if (missing.length === 0 && addresses.length === 0) process.exit(0);
for (const one of missing) console.log(`${check ? 'missing from the lock' : 'added'}: ${one}`);
for (const [path] of addresses) console.log(`${check ? 'has' : 'removed'} a download address: ${path}`);
if (check) process.exit(1);
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
