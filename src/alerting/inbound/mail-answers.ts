/** Answers to pages' mails come by the same port and folders as alerts. Whoever works with answers fills this port. */
export interface MailAnswers {
  /** Whether an address takes answers: undefined where it is none of those, else why an answer to it is not taken, or null. */
  at(address: string): Promise<{ readonly refused: string | null } | undefined>;
  /**
   * Takes a mail that answers a page; false where it answers none. `address`: where it was sent to, of those for answers alone;
   * null for one that is for alerts. What it asks for is done once this has resolved.
   * @throws Problem 400 where it can never be taken, 503 where it can later
   */
  take(raw: Buffer, address: string | null): Promise<boolean>;
}
