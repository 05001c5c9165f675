import { createAlertQuality, type AlertQuality, type AlertQualityDeps } from '../alerting/index.ts';
import type { Incidents } from '../incidents/index.ts';
import { pagesOfAlert, wouldCall } from '../oncall/index.ts';

/** What alerts are measured by: incidents and on-call are below alerting, and tell it of the past by these. */
export function alertQuality({ incidents, ...deps }: Omit<AlertQualityDeps, 'ports'> & { incidents: Pick<Incidents, 'between'> }): AlertQuality {
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
      whoIsCalled: (page) => wouldCall(deps.catalog.current(), page),
    },
  });
} // prettier-ignore
