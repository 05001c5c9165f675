// `npm run demo`: nines beside a URL shortener that you can break.
import { prepare, root } from './prepare.mjs';

prepare();
process.chdir(root);
process.setSourceMapsEnabled(true);
await import('../dist/examples/demo/main.js');
