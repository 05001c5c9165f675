import type { IncidentRole } from '../../incidents/contract.ts';

/** Which pages are meant. `it`: the one that is talked about, else the one that waits for whoever speaks. */
export type PagesMeant = { readonly of: 'it' | 'mine' | 'all' } | { readonly of: 'id'; readonly id: string };

/** What a graph is to show. */
export type GraphMeant =
  /** `@name`: metrics, objectives or saved graphs. */
  | { readonly by: 'names'; readonly names: readonly string[] }
  | { readonly by: 'promql'; readonly expr: string }
  /** `checkout errors` */
  | { readonly by: 'words'; readonly words: readonly string[] };

export type IncidentCommand =
  | { readonly action: 'list' }
  | { readonly action: 'new'; readonly title: string; readonly services: readonly string[] }
  | { readonly action: 'show' | 'join'; readonly incident: string | null }
  | { readonly action: 'note' | 'update'; readonly incident: string | null; readonly text: string }
  | { readonly action: 'role'; readonly incident: string | null; readonly role: IncidentRole; readonly person: string }
  | { readonly action: 'resolve'; readonly incident: string | null; readonly text: string; readonly force: boolean };

export type SilenceCommand =
  | { readonly action: 'list' }
  | { readonly action: 'end'; readonly id: string }
  | { readonly action: 'new'; readonly what: string; readonly forMs: number; readonly reason: string };

/** A command, as it was understood. Times are milliseconds. */
export type Command =
  | { readonly verb: 'help'; readonly about: string | null }
  | { readonly verb: 'status' }
  | { readonly verb: 'alerts' | 'pages' | 'oncall' | 'deploys'; readonly name: string | null }
  | { readonly verb: 'ack'; readonly pages: PagesMeant }
  | { readonly verb: 'not-mine'; readonly pages: PagesMeant }
  | { readonly verb: 'snooze'; readonly pages: PagesMeant; readonly until: number }
  | { readonly verb: 'escalate'; readonly pages: PagesMeant; readonly to: string | null }
  | { readonly verb: 'resolve'; readonly pages: PagesMeant; readonly reason: string }
  | { readonly verb: 'page'; readonly target: string; readonly subject: string; readonly text: string }
  | { readonly verb: 'incident'; readonly incident: IncidentCommand }
  | { readonly verb: 'deploy'; readonly kind: 'deploy' | 'rollback'; readonly service: string; readonly version: string | null; readonly note: string } // prettier-ignore
  | { readonly verb: 'silence'; readonly silence: SilenceCommand }
  | { readonly verb: 'graph'; readonly graph: GraphMeant; readonly from: number; readonly to: number };

/** What was typed is no command: why, and what would be one. */
export interface Misunderstood {
  readonly problem: string;
  /** A command to try, ready to be typed. */
  readonly suggestion: string | null;
}

export type Parsed = { readonly command: Command } | Misunderstood;

export interface HelpLine {
  readonly verb: string;
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly string[];
}

/** All commands, for help, for the completion of chats that have one, and for the suggestion where none was meant. */
export const HELP: readonly HelpLine[] = [
  { verb: 'status', usage: 'status', about: 'what is wrong now', examples: ['status'] },
  { verb: 'alerts', usage: 'alerts [service]', about: 'what fires', examples: ['alerts', 'alerts checkout'] },
  { verb: 'pages', usage: 'pages [service]', about: 'pages that are open', examples: ['pages'] },
  { verb: 'oncall', usage: 'oncall [service|team]', about: 'who to call now, until when, who is next', examples: ['oncall payments', 'who is on call for checkout?'] }, // prettier-ignore
  { verb: 'ack', usage: 'ack [page|mine|all]', about: 'you have it: nobody else is called', examples: ['ack', 'ack k3xq', 'ack all'] },
  {
    verb: 'snooze',
    usage: 'snooze [page] <time>',
    about: 'leave it alone until then',
    examples: ['snooze 30m', 'snooze k3xq until 09:00'],
  },
  { verb: 'escalate', usage: 'escalate [page] [to someone]', about: 'call the next, or someone, now', examples: ['escalate', 'escalate to payments'] }, // prettier-ignore
  { verb: 'not-mine', usage: 'notmine [page]', about: 'someone else is called instead of you', examples: ['notmine'] },
  { verb: 'resolve', usage: 'resolve [page] [because …]', about: 'it is over', examples: ['resolve because rolled back'] },
  { verb: 'page', usage: 'page <service> "what to do"', about: 'call whoever is on call for it', examples: ['page payments "Look at the refunds"'] }, // prettier-ignore
  { verb: 'incident', usage: 'incident [new|show|join|note|update|role|resolve] …', about: 'run an incident', examples: ['incident new "Checkout fails" for checkout', 'incident note 3 rolled back', 'incident role 3 commander ana', 'incident update 3 back in ten minutes', 'incident resolve 3'] }, // prettier-ignore
  { verb: 'deploy', usage: 'deploy <service> <version>', about: 'say that it was deployed', examples: ['deploy checkout 1.4.2', 'rollback checkout 1.4.1'] }, // prettier-ignore
  { verb: 'deploys', usage: 'deploys [service]', about: 'what changed lately', examples: ['deploys', 'deploys checkout'] },
  { verb: 'silence', usage: 'silence <alert|service|matchers> <time> <reason>', about: 'tell nobody for a while', examples: ['silence checkout 2h moving the database', 'silences', 'silence end k3xq'] }, // prettier-ignore
  { verb: 'graph', usage: 'graph [time] <@name|PromQL|service and words>', about: 'a picture', examples: ['graph me 20150517..20150523 @http_requests_total', 'graph checkout errors last 2h', 'graph rate(http_requests_total[5m]) since yesterday 14:00'] }, // prettier-ignore
  { verb: 'help', usage: 'help [command]', about: 'this list', examples: ['help graph'] },
];
