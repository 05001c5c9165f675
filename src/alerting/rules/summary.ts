import { LONGEST_SUBJECT } from '../../catalog/index.ts';

/** `Restore shop: HTTP check fails`, or with a verb that needs no colon `Check why web-1 is silent`; a long name is cut, never the rest. */
export function fitSummary(verb: string, name: string, rest: string): string {
  const joint = verb.includes(' ') ? ' ' : ': ';
  const room = LONGEST_SUBJECT - verb.length - 1 - joint.length - rest.length;
  const short = name.length <= room ? name : `${name.slice(0, Math.max(0, room - 1))}…`;
  return `${verb} ${short}${joint}${rest}`;
}
