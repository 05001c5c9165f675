export { createApp, type App, type AppDeps } from './create-app.ts';
export { kinds } from './kinds.ts';
export { loadSettings, settingsSchema, type Settings, type UpOptions } from './settings.ts';
export { up } from './up.ts';
export { VERSION } from './version.ts';
