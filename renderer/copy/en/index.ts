import { errors } from '../errors.ts';
import { additions } from './additions.ts';
import { compare } from './compare.ts';
import { examples } from './examples.ts';
import { findings } from './findings.ts';
import { guided } from './guided.ts';
import { home, runs, settings } from './home.ts';
import { model } from './model.ts';
import { openedRun } from './opened-run.ts';
import { preview } from './preview.ts';
import { shortcuts } from './shortcuts.ts';
import { shell, steps, stepWords, ui } from './shell.ts';
import { install } from './install.ts';
import { shrink } from './shrink-install.ts';
import { knobs } from './knobs.ts';
import { train } from './train.ts';
import { units } from './units.ts';
import { updates } from './updates.ts';

export const english = {
  locale: 'en',
  errors,
  units,
  ui,
  shell,
  shortcuts,
  steps,
  stepWords,
  guided,
  home,
  runs,
  openedRun,
  settings,
  model,
  examples,
  findings,
  preview,
  train,
  knobs,
  shrink,
  install,
  compare,
  updates,
  additions,
};
