// What must not wait for the application's code to arrive: a file of its own, because the page's policy allows no inline
// script, and plain JavaScript, because it is served as it is.
try {
  const theme = localStorage.getItem('nines.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage (a private window, say): the system's preference it is.
}

// The first page's answers come while its code does. `api/http.ts` takes each of them once; a test keeps the list true.
if (location.pathname === '/') {
  const early = {};
  for (const path of [
    'services',
    'objectives',
    'alerts?state=firing',
    'incidents?state=open',
    'probes',
    'targets',
    'health',
    'oncall/now',
  ]) {
    const address = `/nines/v1/${path}`;
    early[address] = fetch(address, {
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      signal: AbortSignal.timeout(20_000),
    });
    // Whoever takes it hears of its failure; nobody need take it.
    early[address].catch(() => {});
  }
  globalThis.ninesEarly = early;
}
