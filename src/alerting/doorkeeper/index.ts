/** Who may send alerts: by the secret of what the address names. */
export { createDoorkeeper, isSender, shownSecrets, type Doorkeeper } from './doorkeeper.ts';
export { sameSecret, secretOf, secretText } from './secret-text.ts';
