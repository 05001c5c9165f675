import { aliasFunctions } from './alias.ts';
import { combineFunctions } from './combine.ts';
import { filterFunctions } from './filter.ts';
import { define, type FunctionSpec } from './function-spec.ts';
import { groupingFunctions } from './grouping.ts';
import { holtWintersFunctions } from './holt-winters.ts';
import { timeFunctions } from './in-time.ts';
import { percentFunctions } from './percent.ts';
import { sequenceFunctions } from './sequence.ts';
import { drawFunctions, specialFunctions } from './special.ts';
import { transformFunctions } from './transform.ts';
import { windowFunctions } from './window.ts';

/** Evaluated where series are found: it is here for its parameters and description. */
const seriesByTag = define(
  'Special',
  'tagExpressions: string!*',
  "The series whose tags fit every expression: tag=value, tag!=value, tag=~regexp or tag!=~regexp; 'name' is a tag too.",
  () => [],
);

/** Every function by its name: what is called, what `/functions` tells, and what the reference is made of. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map(
  Object.entries({
    ...aliasFunctions, ...combineFunctions, ...drawFunctions, ...filterFunctions, ...groupingFunctions, ...holtWintersFunctions,
    ...percentFunctions, ...sequenceFunctions, ...specialFunctions, ...timeFunctions, ...transformFunctions, ...windowFunctions, seriesByTag,
  }).sort(([a], [b]) => (a < b ? -1 : 1)),
); // prettier-ignore
