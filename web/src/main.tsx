import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Application } from './app/application.tsx';
import { ROUTES } from './app/routes.ts';
import { matchPath } from './ui/router.tsx';
import './ui/style/tokens.css';
import './ui/style/base.css';
import './ui/style/parts.css';
import './ui/style/shell.css';

// Before the first render, so that a page's code and its data come at the same time.
ROUTES.find(({ path }) => matchPath(path, window.location.pathname) !== undefined)?.preload?.();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Application />
    </StrictMode>,
  );
}
