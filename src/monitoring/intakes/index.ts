export { createIntakeBook, type Intake, type IntakeBook } from './intake-book.ts';
export { LineSplitter } from './line-splitter.ts';
export { parseNumber } from './parse-number.ts';
export { SampleBatch } from './sample-batch.ts';
export { TcpListener } from './tcp-listener.ts';
export { bindUdp, type UdpPort } from './udp-port.ts';
