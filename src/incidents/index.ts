export { createIncidents, type IncidentRecord, type Incidents } from './module.ts';
export { incidentsMigrations } from './migrations.ts';
export type { AllClearSink, IncidentsDeps } from './desk.ts';
export type { IncidentState, LinkedPage } from './incident.ts';
export type { Incident, IncidentRole, TimelineEntry } from './contract.ts';
