export type { AlertSink, AlertTransition, PagedAlert } from './alert-sink.ts';
export type { PageAlert, PageSink, PageState, PageTransition } from './page.ts';
