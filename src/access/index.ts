export { createAccess, type AccessModule } from './module.ts';
export { accessMigrations } from './migrations.ts';
