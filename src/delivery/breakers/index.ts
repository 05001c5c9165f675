/** How each provider is: whether a message may go to it now. */
export { afterTry } from './breaker.ts';
export { admit, changeBreaker, troubledProviders, type Provider } from './breaker-store.ts';
export { createChannelHealth } from './channel-health.ts';
export { watchBreakers } from './watch-breakers.ts';
