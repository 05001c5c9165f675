export { createBackups } from './create-backups.ts';
export { restoreBackup, type Restored, type RestoreOptions } from './restore-backup.ts';
