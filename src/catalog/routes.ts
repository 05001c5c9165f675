import { z } from 'zod';
import { reply, route, type Route } from '../platform/http/index.ts';
import { badRequest, conflict, notFound } from '../platform/problem.ts';
import type { CatalogModule } from './catalog-module.ts';
import * as contract from './contract.ts';
import { hasErrors, type SourceFile } from './check-documents.ts';
import type { ServiceSpec } from './kinds.ts';
import { FOLDER_LIMITS } from './read-folder.ts';
import type { Resource, ResourceSet } from './resource-kind.ts';

/** JSON is larger than the text in it. */
const BODY_LIMIT = FOLDER_LIMITS.totalBytes * 2;

export function catalogRoutes(catalog: CatalogModule): Route[] {
  const folder = { body: contract.documentFolder, bodyLimit: BODY_LIMIT } as const;
  return [
    route({
      method: 'GET',
      path: '/nines/v1/resources',
      access: 'viewer',
      summary: 'The documents in force',
      query: z.object({ kind: z.string().max(100).optional() }),
      response: contract.resourcesAnswer,
      handler: ({ query }) => {
        const set = catalog.current();
        const listed = query.kind === undefined ? set.all() : set.list(query.kind);
        return { resources: listed.map(({ kind, name, file, spec }) => ({ kind, name, file, spec })) };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/resources/check',
      access: 'viewer',
      summary: 'Checks a folder of documents',
      ...folder,
      response: contract.checkAnswer,
      async handler({ body }) {
        const { problems, documents } = await catalog.check(distinct(body.files));
        return { ok: !hasErrors(problems), problems, documents };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/resources/diff',
      access: 'viewer',
      summary: 'What applying a folder of documents would change',
      ...folder,
      response: contract.diffAnswer,
      handler: ({ body }) => catalog.diff(distinct(body.files)),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/resources/apply',
      access: 'admin',
      summary: 'Puts a folder of documents in force, all or nothing',
      ...folder,
      response: contract.applyAnswer,
      async handler({ body, principal }) {
        const watched = catalog.watching();
        if (watched !== null) throw conflict(`This nines keeps the documents of ${watched} in force: edit them there, and they apply by themselves.`); // prettier-ignore
        const answer = await catalog.apply(distinct(body.files), { actor: principal.actor, source: `apply by ${principal.actor}` });
        return answer.applied ? answer : reply(422, answer);
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/config',
      access: 'viewer',
      summary: 'Which configuration is in force, and what was refused',
      response: contract.configState,
      handler: () => catalog.config(),
    }),
    ...serviceRoutes(catalog),
  ];
}

function serviceRoutes(catalog: CatalogModule): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/services',
      access: 'viewer',
      summary: 'The services, those that matter most first',
      response: contract.servicesAnswer,
      handler: () => ({ services: listServices(catalog.current()) }),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/services/:name',
      access: 'viewer',
      summary: 'One service',
      params: z.object({ name: z.string().max(100) }),
      response: contract.service,
      handler: ({ params }) => {
        const found = listServices(catalog.current()).find(({ name }) => name === params.name);
        if (found === undefined) throw notFound('service', params.name);
        return found;
      },
    }),
  ];
}

/** By tier, then by name. */
export function listServices(set: ResourceSet): contract.ServiceJson[] {
  const services = set.list<ServiceSpec>('Service');
  const dependents = new Map<string, string[]>();
  for (const { name, spec } of services)
    for (const target of spec.dependsOn) dependents.set(target, [...(dependents.get(target) ?? []), name]);
  const toJson = ({ name, title, spec }: Resource<ServiceSpec>): contract.ServiceJson => ({
    name,
    title,
    description: spec.description ?? '',
    owner: spec.owner,
    tier: spec.tier,
    repository: spec.repository ?? null,
    runbook: spec.runbook ?? null,
    dependsOn: [...spec.dependsOn],
    dependents: dependents.get(name) ?? [],
  });
  return services.map(toJson).sort((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1));
}

/** In the order of their names; a name given twice is refused, for positions in it would mean nothing. */
function distinct(files: readonly SourceFile[]): SourceFile[] {
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  const twice = sorted.find(({ file }, i) => sorted[i + 1]?.file === file);
  if (twice !== undefined) throw badRequest(`The file '${twice.file}' is given twice.`);
  return sorted;
}
