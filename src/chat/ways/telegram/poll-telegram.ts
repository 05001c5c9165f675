import { pause } from '../loops.ts';
import type { Update } from './hear-update.ts';
import type { TelegramApi } from './telegram-api.ts';

interface PollDeps {
  readonly api: TelegramApi;
  readonly hear: (update: Update) => Promise<void>;
  /** Telegram can't be asked: undefined once it can be again. */
  readonly trouble: (problem: string | undefined) => void;
}

const ASK_SECONDS = 50;
const WAIT_MS = 5_000;

/**
 * Asks for updates until `signal` aborts (https://core.telegram.org/bots/api#getupdates). What was heard is confirmed by asking for
 * what follows: an update that was not heard to its end comes again.
 */
export async function pollTelegram({ api, hear, trouble }: PollDeps, signal: AbortSignal): Promise<void> {
  let offset = 0;
  while (!signal.aborted) {
    try {
      const body = { offset, timeout: ASK_SECONDS, limit: 50, allowed_updates: ['message', 'callback_query'] };
      const updates = await api.call('getUpdates', body, { timeoutMs: (ASK_SECONDS + 10) * 1_000, signal });
      trouble(undefined);
      for (const update of Array.isArray(updates) ? (updates as Update[]) : []) {
        await hear(update).catch((error: unknown) => trouble(`a message could not be answered: ${String(error).slice(0, 200)}`));
        if (Number.isSafeInteger(update.update_id)) offset = Math.max(offset, update.update_id + 1);
      }
    } catch (error) {
      if (signal.aborted) return;
      trouble(`Telegram can't be asked for commands: ${(error as Error).message.slice(0, 200)}`);
      await pause(WAIT_MS, signal);
    }
  }
}
