import type { MailAnswers } from '../../../alerting/index.ts';
import type { DeliveryModule } from '../../../delivery/index.ts';
import { badRequest } from '../../../platform/problem.ts';
import { hearMail, isKnown, type MailWayDeps } from './hear-mail.ts';
import { type MailAnswer, readMailAnswer } from './read-answer.ts';

export interface MailAnswersDeps extends MailWayDeps {
  readonly delivery: Pick<DeliveryModule, 'send' | 'answerAt'>;
  /** Set: pages' mails have signed addresses for answers, and only what comes there is carried out. */
  readonly signed: boolean;
}

const UNSIGNED = 'Answers go to the address that a page has as its Reply-To, whole';
const SILENT = 'There is no answer above the quoted mail: write ack, snooze 30m, escalate, not mine or resolve in the first line.';

/**
 * Answers that come by SMTP, and those among the mail for alerts. Said to be taken once it is done: a process that dies at it is asked
 * again, and does it once. Whoever can't be known gets it back from their own server, for nines writes to strangers no mail.
 */
export function createMailAnswers(deps: MailAnswersDeps): MailAnswers {
  const carryOut = async (mail: MailAnswer): Promise<void> => {
    if (mail.automatic) return;
    if (!isKnown(deps, mail.from)) throw badRequest(`No Person has the address ${mail.from.slice(0, 200)}: answer from the one that the page went to.`); // prettier-ignore
    if (mail.text === '') throw badRequest(SILENT);
    await deps.heard.surely('email', mail.messageId, () => hearMail(mail, deps));
  };
  return {
    async at(address) {
      const found = await deps.delivery.answerAt(address);
      return found && { refused: found === 'unsigned' ? UNSIGNED : null };
    },
    async take(raw, address) {
      const signed = address === null ? undefined : await deps.delivery.answerAt(address);
      if (signed === 'unsigned') throw badRequest(UNSIGNED);
      const mail = await parse(raw, signed?.page);
      if (mail === undefined) return false;
      // A From and an In-Reply-To are as easily written by someone else.
      if (signed === undefined && deps.signed && !mail.automatic) throw badRequest(UNSIGNED);
      await carryOut(mail);
      return true;
    },
  };
}

async function parse(raw: Buffer, page: string | undefined): Promise<MailAnswer | undefined> {
  try {
    return await readMailAnswer(raw, page);
  } catch (error) {
    throw badRequest(`The mail can't be read: ${(error as Error).message.slice(0, 200)}.`);
  }
}
