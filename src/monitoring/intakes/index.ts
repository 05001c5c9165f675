export { createIntakeBook, opening, type Intake, type IntakeBook } from './intake-book.ts';
export { LineSplitter } from './line-splitter.ts';
export { parseNumber } from './parse-number.ts';
export { SampleBatch } from './sample-batch.ts';
export { TcpListener, type TcpReader } from './tcp-listener.ts';
export { bindUdp, type UdpPort } from './udp-port.ts';
export { createStoring } from './storing.ts';
export { intakeRoutes } from './routes.ts';
export { readBody } from './read-body.ts';
