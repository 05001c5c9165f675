/** What `nines up` was given; what is missing comes from `nines.yaml`, the environment or the defaults. */
export interface UpOptions {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly config?: string;
  readonly settings?: string;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}
