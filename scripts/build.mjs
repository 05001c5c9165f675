import { prepare } from './prepare.mjs';

prepare({ web: !process.argv.includes('--server-only') });
