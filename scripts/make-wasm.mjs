// Makes src/monitoring/remote-write/snappy-code.ts of snappy.wat, so that nothing has to be made or found where nines runs.
// `--check` says whether that is of today's text.
import fs from 'node:fs';
import path from 'node:path';
import loadWabt from 'wabt';
import { root } from './prepare.mjs';

const folder = path.join(root, 'src/monitoring/remote-write');
const wabt = await loadWabt();
const parsed = wabt.parseWat('snappy.wat', fs.readFileSync(path.join(folder, 'snappy.wat'), 'utf8'));
parsed.resolveNames();
parsed.validate();
const code = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
const lines = code.match(/.{1,120}/g).map((line) => `  '${line}'`);
const text = `// Made of snappy.wat by \`node scripts/make-wasm.mjs\`.\nexport const SNAPPY_CODE =\n${lines.join(' +\n')};\n`;
const file = path.join(folder, 'snappy-code.ts');
if (!process.argv.includes('--check')) fs.writeFileSync(file, text);
else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
  console.log("snappy-code.ts is not of today's snappy.wat: node scripts/make-wasm.mjs makes it anew.");
  process.exit(1);
}
