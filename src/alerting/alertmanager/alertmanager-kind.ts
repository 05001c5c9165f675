import type { ForeignKind, Resource, ResourceProblem, ResourceSet } from '../../catalog/index.ts';
import { checkConfig } from './check-config.ts';
import { alertmanagerSpec, type AlertmanagerSpec } from './config-spec.ts';
import { unsupported } from './unsupported.ts';

const KIND = 'AlertmanagerConfig';

/** `alertmanager.yml`, taken as it is: known by its `route` and `receivers`. */
export const alertmanagerKind: ForeignKind<AlertmanagerSpec> = {
  kind: KIND,
  summary: "Alertmanager's own configuration, taken as it is.",
  recognises: (document) =>
    ['kind', 'apiVersion', 'groups', 'tests', 'scrape_configs'].every((key) => document[key] === undefined) &&
    ['route', 'receivers'].some((key) => Object.hasOwn(document, key)),
  spec: alertmanagerSpec,
  check: (resource, all) => [...checkConfig(resource.spec), ...unsupported(resource.spec), ...checkAlone(resource, all)],
};

/** Which of two trees an alert went down would be anyone's guess. */
function checkAlone({ name }: Resource, all: ResourceSet): ResourceProblem[] {
  const first = all.list(KIND).find((one) => one.name < name);
  if (first === undefined) return [];
  const message = `there is another alertmanager.yml already: ${first.file ?? first.name}`;
  return [{ path: ['route'], severity: 'error', message, hint: 'put both trees of routes below one root' }];
}

/** The one in force, if any. */
export const alertmanagerConfig = (set: ResourceSet): Resource<AlertmanagerSpec> | undefined => set.list<AlertmanagerSpec>(KIND)[0];
