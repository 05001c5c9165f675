import { Problem } from '../platform/problem.ts';
import { type ChatAnswer, quietly } from './answer.ts';
import { ack, escalate, listPages, notMine, pageSomeone, resolve, snooze } from './commands/answer-pages.ts';
import { deploy, deploys } from './commands/changes.ts';
import { graph } from './commands/graph.ts';
import { help } from './commands/help.ts';
import { incident } from './commands/incident.ts';
import { onCall } from './commands/on-call.ts';
import { alerts, status } from './commands/overview.ts';
import { silence } from './commands/silence.ts';
import type { Command } from './language/command.ts';
import { parseCommand } from './language/parse-command.ts';
import type { Speech } from './speech.ts';

/** Understands what was typed and does it. What goes wrong for a reason is the answer; a defect is thrown. */
export async function execute(speech: Speech, typed: string): Promise<ChatAnswer> {
  const parsed = parseCommand(typed, speech);
  if (!('command' in parsed)) {
    const { problem, suggestion } = parsed;
    const buttons = suggestion === 'help' ? [{ label: 'Help', command: 'help' }] : [];
    return quietly(suggestion === null ? problem : `${problem} Try: ${suggestion}`, { buttons });
  }
  try {
    return await run(speech, parsed.command);
  } catch (error) {
    if (error instanceof Problem) return quietly(error.message);
    throw error;
  }
}

function run(speech: Speech, command: Command): Promise<ChatAnswer> | ChatAnswer {
  switch (command.verb) {
    case 'help':
      return help(command.about);
    case 'status':
      return status(speech);
    case 'alerts':
      return alerts(speech, command);
    case 'pages':
      return listPages(speech, command);
    case 'oncall':
      return onCall(speech, command);
    case 'deploys':
      return deploys(speech, command);
    case 'ack':
      return ack(speech, command);
    case 'not-mine':
      return notMine(speech, command);
    case 'snooze':
      return snooze(speech, command);
    case 'escalate':
      return escalate(speech, command);
    case 'resolve':
      return resolve(speech, command);
    case 'page':
      return pageSomeone(speech, command);
    case 'incident':
      return incident(speech, command.incident);
    case 'deploy':
      return deploy(speech, command);
    case 'silence':
      return silence(speech, command.silence);
    default:
      return graph(speech, command);
  }
}
