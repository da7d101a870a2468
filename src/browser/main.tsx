import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Application } from './app.tsx';
import 'virtual:tokens.css';
import './style/style.css';

const root = document.getElementById('root');
if (root === null) throw new Error('the shell has no #root');
createRoot(root).render(
  <StrictMode>
    <Application />
  </StrictMode>,
);
