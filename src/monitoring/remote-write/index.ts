export { createRemoteWrite, type RemoteWrite, type RemoteWriteAnswer, type RemoteWriteSettings } from './remote-write.ts';
export { remoteWriteRoutes } from './routes.ts';
