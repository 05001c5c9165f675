import { expect, test } from 'vitest';
import { networkReason } from './network-reason.ts';

const failed = (code: string, address?: string) =>
  Object.assign(new Error(`connect ${code}`), { code, ...(address && { address, port: 80 }) });

test.each<[unknown, string]>([
  [failed('ECONNREFUSED'), 'connection refused by peer:1'],
  [failed('ENETUNREACH'), 'the network of peer:1 is unreachable'],
  [
    new AggregateError([failed('ECONNREFUSED', '10.0.0.1'), failed('ECONNREFUSED', '::1')]),
    'connection refused by 10.0.0.1:80 and [::1]:80',
  ],
  [
    new AggregateError([failed('ETIMEDOUT', '10.0.0.1'), failed('ECONNREFUSED', '10.0.0.2')]),
    'no answer from 10.0.0.1:80; connection refused by 10.0.0.2:80',
  ],
  [failed('CERT_HAS_EXPIRED'), 'the certificate has expired'],
  [failed('HPE_INVALID_CONSTANT'), 'peer:1 does not answer in HTTP (connect HPE_INVALID_CONSTANT)'],
  [new Error('something else\nwith a second line'), 'something else'],
  [new Error(''), 'unknown error'],
  ['text', 'text'],
  [undefined, 'undefined'],
])('%s', (error, reason) => expect(networkReason(error, 'peer:1')).toBe(reason));
