import { z } from 'zod';
import type { Route } from '../platform/http/index.ts';
import { problemDocument } from '../platform/contract.ts';
import { VERSION } from '../platform/package-root.ts';

/** A schema as JSON Schema; what has no JSON Schema (a transform's outcome) is left open rather than refused. */
const toSchema = (schema: z.ZodType, io: 'input' | 'output'): unknown =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });

const parameters = (schema: z.ZodType | undefined, where: 'path' | 'query'): unknown[] => {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: one,
  }));
};

function operation(route: Route): unknown {
  const named = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  return {
    summary: route.summary,
    'x-access': route.access,
    security: route.access === 'public' || route.access === 'secret' ? [] : [{ token: [] }, { session: [] }],
    parameters: [...(route.params ? parameters(route.params, 'path') : named), ...parameters(route.query, 'query')],
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body, 'input') } } } }),
    responses: {
      default: {
        description: 'What was wrong',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
      ...(route.response
        ? { 200: { description: 'Done', content: { 'application/json': { schema: toSchema(route.response, 'output') } } } }
        : { 204: { description: 'Done' } }),
    },
  };
}

/** The routes as an OpenAPI 3.1 document. */
export function openApi(routes: readonly Route[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'nines', version: VERSION, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => a.localeCompare(b))),
    components: {
      schemas: { Problem: toSchema(problemDocument, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: 'nines_session' } },
    },
  };
}
