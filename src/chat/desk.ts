import type { Catalog } from '../catalog/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { CallRoute, Principal } from '../platform/http/index.ts';
import type { Log } from '../platform/log.ts';
import { type ChatAnswer, quietly } from './answer.ts';
import { execute } from './execute.ts';
import { parseCommand } from './language/parse-command.ts';
import { createSpeech } from './speech.ts';
import { principalOf, type Speaker, type SpeakerDeps, strangerProblem } from './speaker.ts';

export interface DeskDeps extends SpeakerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly catalog: Catalog;
  readonly call: CallRoute;
  /** Where people open nines, without a slash at its end. */
  readonly url: string;
}

/** What was said, and where. */
export interface Said {
  readonly text: string;
  /** The page that the thread, the mail or the pressed button is about. */
  readonly about?: string | null;
}

/** Carries commands out, whichever way they came in. Never throws: a defect is told as one, and logged. */
export interface ChatDesk {
  /** As someone of a chat. */
  hear(speaker: Speaker, said: Said): Promise<ChatAnswer>;
  /** As whoever the API knows. */
  hearPrincipal(principal: Principal, said: Said & { readonly timeZone: string }): Promise<ChatAnswer>;
}

/** A graph may take long; nobody waits longer for anything. */
const LONGEST_MS = 60_000;

export function createChatDesk(deps: DeskDeps): ChatDesk {
  const { clock, log, catalog, url } = deps;
  const hearPrincipal: ChatDesk['hearPrincipal'] = async (principal, { text, about = null, timeZone }) => {
    const abort = new AbortController();
    const limit = clock.after(LONGEST_MS, () => abort.abort(new Error(`not done within ${LONGEST_MS / 1000} s`)));
    try {
      const speech = createSpeech({ ...deps, url }, { principal, timeZone, about, signal: abort.signal });
      return await execute(speech, text);
    } catch (error) {
      log.error({ err: error, actor: principal.actor }, 'a command in chat failed');
      return quietly('Something in nines is broken; its log tells more.');
    } finally {
      limit.cancel();
    }
  };
  return {
    hearPrincipal,
    async hear(speaker, said) {
      const { principal, timeZone } = await principalOf(deps, catalog.current(), speaker);
      if (principal.role === null && !isHelp(said.text)) return quietly(strangerProblem(speaker));
      const answer = await hearPrincipal(principal, { ...said, timeZone });
      const mayNot = principal.person === null && answer.quiet && answer.text.startsWith('This needs the right');
      return mayNot ? quietly(strangerProblem(speaker)) : answer;
    },
  };
}

/** What nines understands is no secret. */
function isHelp(text: string): boolean {
  const parsed = parseCommand(text, { now: 0, timeZone: 'UTC' });
  return 'command' in parsed && parsed.command.verb === 'help';
}
