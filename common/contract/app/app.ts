/**
 * Everything the window may ask of main, one file per feature. On the wire a call is named `feature.entry`
 * (`examples.rows`); `connectFeatures` gives the window `client.examples.rows(…)`, `serveFeatures` demands a handler for
 * each. Every failure arrives as a `TunesmithError` with code, message and advice.
 *
 * A run's phases are those of common/domain/run.ts. Streams named `watch` yield the whole state first and stay open until
 * their signal is aborted (or the loop is left); a reloaded window simply watches again. What they watch goes on in main.
 */
import { additionsContract } from './additions.ts';
import { comparingContract } from './comparing.ts';
import { draftsContract } from './drafts.ts';
import { examplesContract } from './examples.ts';
import { installingContract } from './installing.ts';
import { modelsContract } from './models.ts';
import { previewContract } from './preview.ts';
import { runsContract } from './runs.ts';
import { filesContract, settingsContract } from './settings.ts';
import { shrinkingContract } from './shrinking.ts';
import { trainingContract } from './training.ts';
import { updatesContract } from './updates.ts';

export const appContract = {
  models: modelsContract,
  drafts: draftsContract,
  examples: examplesContract,
  preview: previewContract,
  training: trainingContract,
  shrinking: shrinkingContract,
  installing: installingContract,
  comparing: comparingContract,
  runs: runsContract,
  settings: settingsContract,
  files: filesContract,
  updates: updatesContract,
  additions: additionsContract,
} as const;
export type AppContract = typeof appContract;
