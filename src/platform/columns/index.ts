export { Breath } from './breath.ts';
export type { Block, Column, ColumnData, Columns, ColumnType, Parameter, Parameters, QueryOptions } from './columns.ts';
export { openChdb, type ChdbOptions } from './chdb-columns.ts';
export type { EngineLimits } from './engine-config.ts';
