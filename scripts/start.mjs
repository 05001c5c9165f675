import { nines } from './nines.mjs';

nines(['up', ...process.argv.slice(2)]);
