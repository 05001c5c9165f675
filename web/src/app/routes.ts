import { lazyRoute, type PageRoute } from '../ui/router.tsx';
import OverviewPage from './overview/overview-page.tsx';

/** Every address of the UI. The first is in the first bundle: it is what most people open. */
export const ROUTES: readonly PageRoute[] = [
  { path: '/', page: OverviewPage },
  lazyRoute('/services/:name', () => import('../modules/catalog/service-page.tsx')),
  lazyRoute('/incidents', () => import('../modules/incidents/incidents-page.tsx')),
  lazyRoute('/incidents/:id', () => import('../modules/incidents/incident-page.tsx')),
  lazyRoute('/postmortems', () => import('../modules/postmortems/postmortems-page.tsx')),
  lazyRoute('/postmortems/:id', () => import('../modules/postmortems/postmortem-page.tsx')),
  lazyRoute('/pages/:id', () => import('../modules/oncall/page-page.tsx')),
  lazyRoute('/oncall/ready', () => import('../modules/oncall/ready-page.tsx')),
  lazyRoute('/oncall/fairness', () => import('../modules/oncall/fairness-page.tsx')),
  lazyRoute('/oncall/handover', () => import('../modules/oncall/handover-page.tsx')),
  lazyRoute('/oncall/who', () => import('../modules/oncall/who-page.tsx')),
  lazyRoute('/alerts', () => import('../modules/alerting/alerts-page.tsx')),
  lazyRoute('/heartbeats', () => import('../modules/alerting/heartbeats-page.tsx')),
  lazyRoute('/heartbeats/:name', () => import('../modules/alerting/heartbeat-page.tsx')),
  lazyRoute('/integrations', () => import('../modules/alerting/integrations-page.tsx')),
  lazyRoute('/rules/graphite', () => import('../modules/alerting/graphite-rules-page.tsx')),
  lazyRoute('/rules/graphite/:name', () => import('../modules/alerting/graphite-rule-page.tsx')),
  lazyRoute('/silences', () => import('../modules/alerting/silences-page.tsx')),
  lazyRoute('/silences/:id', () => import('../modules/alerting/silences-page.tsx')),
  lazyRoute('/alerts/:fingerprint', () => import('../modules/alerting/alert-page.tsx')),
  lazyRoute('/rules', () => import('../modules/alerting/rules-page.tsx')),
  lazyRoute('/backtest', () => import('../modules/alerting/backtest-page.tsx')),
  lazyRoute('/review', () => import('../modules/alerting/review-page.tsx')),
  lazyRoute('/graph', () => import('../modules/monitoring/graph-page.tsx')),
  lazyRoute('/graphs/:id', () => import('../modules/monitoring/shared-graph-page.tsx')),
  lazyRoute('/metrics-cost', () => import('../modules/monitoring/metrics-page.tsx')),
  lazyRoute('/metrics-cost/:name', () => import('../modules/monitoring/metric-page.tsx')),
  lazyRoute('/targets', () => import('../modules/monitoring/targets-page.tsx')),
  lazyRoute('/oncall', () => import('../modules/oncall/on-call-page.tsx')),
  lazyRoute('/schedules/:name', () => import('../modules/oncall/schedule-page.tsx')),
  lazyRoute('/shifts', () => import('../modules/oncall/my-shifts-page.tsx')),
  lazyRoute('/config', () => import('../modules/catalog/config-page.tsx')),
  lazyRoute('/settings', () => import('../modules/access/settings-page.tsx')),
  lazyRoute('/mail', () => import('../modules/delivery/mail-page.tsx')),
  lazyRoute('/deliveries', () => import('../modules/delivery/deliveries-page.tsx')),
  lazyRoute('/more', () => import('./more-page.tsx')),
  lazyRoute('/signin', () => import('../modules/access/sign-in.tsx')),
  lazyRoute('/setup', () => import('../modules/access/set-up.tsx')),
];

/** Shown before anyone is signed in, so without the shell. */
export const ALONE: readonly string[] = ['/signin', '/setup'];
