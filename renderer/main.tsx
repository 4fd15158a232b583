import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './App.tsx';
import { startClient } from './api/client.ts';
import { begin, useApp } from './state/app.ts';
import { Broken } from './ui/Broken.tsx';

// The page's policy forbids making code from text; zod then need not try.
z.config({ jitless: true });

startClient((state, loss) => (state === 'open' ? begin() : useApp.setState({ connection: 'lost', loss })));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Broken>
      <App />
    </Broken>
  </StrictMode>,
);
