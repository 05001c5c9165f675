export { createRollupTables, tableOf, tableSizes } from './rollup-tables.ts';
export { DEFAULT_ROLLUPS, keepOf, longest, type Keep, type RetentionClass } from './keep.ts';
export { isInWindow, inWindows, joinPieces, notReadable, piecesOf, readPieces, type Pieces, type Readable } from './read-pieces.ts';
export { planOf, tell, type Plan } from './plan.ts';
export { HOUR, RESOLUTIONS, WIDTH, hourOf, type Resolution } from './resolutions.ts';
export { Rollups } from './rollups.ts';
