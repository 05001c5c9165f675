/**
 * On-call: who is on call, and calling them.
 *
 * - One failure is one page: alerts of one group and severity join the page that is open. A new one calls nobody again.
 * - A critical page calls the steps of its policy, one after the other (5 minutes between them where nothing is said),
 *   `repeat` times more, until someone acknowledges. A step that reaches nobody is passed over at once. When all have
 *   been called as often as the policy says, health says that nobody answered.
 * - A page for today is a ticket that is written once, to whoever is on call when working and quiet hours allow it, and
 *   never escalates. One for eventually calls nobody: it waits in the queue of pages.
 * - Each call has the key `page:<id>:<round>:<step>:<person>:<channel>`: whatever crashes, it is queued once.
 * - Snoozed, a page is acknowledged and left alone; when the snooze ends and it still stands, it is called anew, whoever
 *   snoozed it with the first step. Escalated by hand, the next step is called at once, or whoever is named, and the page
 *   waits for an answer again. Whoever says 'not mine' is not called for that page any more, as long as the policy has others.
 * - An acknowledged page that still fires after `ackTimeout` (4 h) is called anew, from the first step.
 * - Resolved, everyone who was called is told. Firing again within 5 minutes opens the same page: whoever was told
 *   'resolved' is called once more, and from then on 'resolved' is only told once it has lasted 5 minutes.
 * - An address that does not exist: the person's next contact is tried; when that was the only call of its step, the
 *   next step comes at once.
 * - No policy for the service: its owner team's, else the one named `default`, else the only one; else `oncall` in
 *   health says that the page has no one to call, and it is looked for again every minute.
 */
export type { AlertSink, AlertTransition, Muted, PagedAlert } from './pages/alert-sink.ts';
export type { Answerer } from './paging/answer.ts';
export { oncallKinds } from './kinds.ts';
export { oncallMigrations } from './migrations.ts';
export { createOncall, type Oncall, type OncallDeps } from './module.ts';
export type { PageAlert, PageSink, PageState, PageTransition } from './pages/page.ts';
export type { PolicySpec, Target } from './policies/policy.ts';
export type { ScheduleSpec } from './shifts/schedule.ts';
export { wouldCall } from './policies/would-call.ts';
export { pagesOfAlert } from './pages/page-alerts.ts';
