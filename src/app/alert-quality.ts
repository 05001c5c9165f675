import { createAlertQuality, type AlertQuality, type AlertQualityDeps } from '../alerting/index.ts';
import type { CatalogModule, PastSets, ResourceSet } from '../catalog/index.ts';
import type { Incidents } from '../incidents/index.ts';
import { pagesOfAlert, wouldCall, type Oncall } from '../oncall/index.ts';

interface Given extends Omit<AlertQualityDeps, 'ports'> {
  readonly catalog: CatalogModule;
  readonly incidents: Pick<Incidents, 'between'>;
  readonly oncall: Pick<Oncall, 'withRoster'>;
}

/** What decides who is called. */
const CALLS_BY = ['Schedule', 'EscalationPolicy', 'Team', 'Person', 'Service', 'Calendar'];

/** Which past the people were looked up in. */
function noteOf({ changed, unknown }: PastSets): string {
  const times = changed === 1 ? 'changed once' : `changed ${changed} times`;
  const how = changed === 0 ? 'which did not change in this time' : `which ${times} in this time`;
  const lost = unknown.length === 0 ? '' : ` Not known any more, and taken as it was later: ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''}.`; // prettier-ignore
  return `People are those of the schedules, policies and teams as they were, ${how}, with overrides and holidays.${lost}`;
}

/** What alerts are measured by: incidents and on-call are below alerting, and tell it of the past by these. */
export function alertQuality({ incidents, oncall, ...deps }: Given): AlertQuality {
  return createAlertQuality({
    ...deps,
    ports: {
      async incidents(from, to) {
        return (await incidents.between(from, to)).map(({ id, number, title, services, outageBeganAt, openedAt, outageEndedAt, allClearAt }) => ({
          id,
          number,
          title,
          services,
          beganAt: outageBeganAt,
          declaredAt: openedAt,
          endedAt: outageEndedAt ?? allClearAt,
        }));
      },
      pagesOfAlert: (fingerprint, limit) => pagesOfAlert(deps.sql, fingerprint, limit),
      async whoIsCalled(from) {
        const [past, withRoster] = await Promise.all([deps.catalog.past(from, CALLS_BY), oncall.withRoster()]);
        const known = new Map<ResourceSet, ResourceSet>();
        return {
          who(page) {
            const set = past.at(page.at);
            const complete = known.get(set) ?? withRoster(set);
            known.set(set, complete);
            return wouldCall(complete, page);
          },
          note: noteOf(past),
        };
      },
    },
  });
} // prettier-ignore
