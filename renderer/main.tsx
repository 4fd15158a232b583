import './styles/index.css';
import { z } from 'zod';
import { chooseLanguage } from './copy/index.ts';

// The page's policy forbids making code from text; zod then need not try.
z.config({ jitless: true });

const chosen = localStorage.getItem('language');
await chooseLanguage(chosen === null ? navigator.languages : [chosen]);
// Only now: whatever draws reads its words as it is loaded.
await import('./start.tsx');
