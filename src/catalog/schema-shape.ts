import type { z } from 'zod';
import type { Path } from './place.ts';

/** As much of a zod schema's definition as is needed to look inside it. */
interface Definition {
  readonly type: string;
  /** `safeint` for whole numbers. */
  readonly format?: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly items?: readonly z.ZodType[];
  readonly in?: z.ZodType;
  readonly left?: z.ZodType;
  readonly right?: z.ZodType;
  readonly getter?: () => z.ZodType;
}

export const definitionOf = (schema: z.ZodType): Definition => schema._zod.def;

/** The alternatives that a schema offers, without what only makes it optional or gives it a default. */
export function alternatives(schema: z.ZodType): z.ZodType[] {
  const definition = definitionOf(schema);
  if (definition.innerType !== undefined && definition.type !== 'promise') return alternatives(definition.innerType);
  if (definition.type === 'union') return (definition.options ?? []).flatMap(alternatives);
  if (definition.type === 'pipe' && definition.in !== undefined) return alternatives(definition.in);
  if (definition.type === 'lazy' && definition.getter !== undefined) return alternatives(definition.getter());
  if (definition.type === 'intersection') return [definition.left, definition.right].flatMap((side) => (side ? alternatives(side) : []));
  return [schema];
}

/** The schemas that may apply to what is at `path`. */
export function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
  let schemas = alternatives(schema);
  for (const step of path) {
    schemas = schemas.flatMap((one) => {
      const { shape, element, valueType, items } = definitionOf(one);
      const inner = shape?.[String(step)] ?? element ?? valueType ?? items?.[Number(step)];
      return inner === undefined ? [] : alternatives(inner);
    });
  }
  return schemas;
}

/** The keys that may stand at `path`. */
export function knownKeys(schema: z.ZodType, path: Path): string[] {
  return [...new Set(schemasAt(schema, path).flatMap((one) => Object.keys(definitionOf(one).shape ?? {})))];
}
