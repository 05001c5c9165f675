export { createRemoteWrite, decompress, type RemoteWrite, type RemoteWriteAnswer, type RemoteWriteSettings } from './remote-write.ts';
export { remoteWriteRoutes } from './routes.ts';
export { createRemoteWriteV2 } from './remote-write-v2.ts';
export { encodeHistogramMessage } from './histogram-message.ts';
