import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { startClient } from './api/client.ts';
import { begin, useApp } from './state/app.ts';
import { Broken } from './ui/Broken.tsx';

startClient((state, loss) => (state === 'open' ? begin() : useApp.setState({ connection: 'lost', loss })));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Broken>
      <App />
    </Broken>
  </StrictMode>,
);
