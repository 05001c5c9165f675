// Before the first paint, and a file of its own because the page's policy allows no inline script.
try {
  const theme = localStorage.getItem('nines.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage (a private window, say): the system's preference it is.
}
