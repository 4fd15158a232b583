import { z } from 'zod';
import { deviceInfoSchema } from '../engine.ts';
import { request, stream } from '../define.ts';
import { nothingSchema, pathSchema } from './shapes.ts';

export const themeSchema = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof themeSchema>;

export const settingsSchema = z.object({
  theme: themeSchema,
  /** What closing the window does while a run is trained: ask, keep going in the background, or pause and quit. */
  onCloseWhileTraining: z.enum(['ask', 'keep', 'pause']),
  /** The draft that was open last; null: home. */
  lastDraft: z.string().nullable(),
  /** Where Ollama listens, as its own `OLLAMA_HOST`; empty or absent: what the environment says, else the usual address. */
  ollamaHost: z.string().max(300).optional(),
  /** `off` computes with plain ggml from the next start on. Absent: the fastest that this processor has. */
  kernels: z.enum(['auto', 'off']).optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const aboutSchema = z.object({
  version: z.string(),
  /** Where the window runs. In `browser`, files are chosen with `files.list` or by upload; in `electron` with `files.choose`. */
  world: z.enum(['electron', 'browser']),
  platform: z.string(),
  dataFolder: z.string(),
  /** True while the data folder has room; bytes that are free there. */
  freeBytes: z.number(),
  home: z.string(),
  /** Where the app and its parts write what they say. */
  logFolder: z.string(),
  /** What computes, e.g. `tunesmith 0.1.0, llama.cpp v0.5.0`. */
  engineBuild: z.string(),
  /** Of Node, and of Electron and Chromium where they are there. */
  runtimes: z.array(z.object({ name: z.string(), version: z.string() })),
  memoryBytes: z.number(),
  /** Things to know at the start: a damaged record kept aside, runs that were interrupted. */
  notices: z.array(z.object({ message: z.string(), advice: z.string().optional() })),
});
export type About = z.infer<typeof aboutSchema>;

export const storageKinds = [
  'models',
  'runs',
  'datasets',
  'drafts',
  'exports',
  'record',
  'logs',
  'additions',
  'rest',
] as const;
export type StorageKind = (typeof storageKinds)[number];
/** Kinds that can be emptied without losing anything that cannot be made again. */
export const emptiable = ['exports', 'logs'] as const satisfies readonly StorageKind[];

export const settingsContract = {
  get: request(nothingSchema, settingsSchema),
  save: request(settingsSchema.partial(), settingsSchema),
  about: request(nothingSchema, aboutSchema),
  /** What lies in the data folder, by kind. */
  storage: request(
    nothingSchema,
    z.array(z.object({ kind: z.enum(storageKinds), bytes: z.number(), files: z.int(), path: z.string() })),
  ),
  empty: request(z.object({ kind: z.enum(emptiable) }), z.object({ freedBytes: z.number() })),
  /** The licences of other people's software in the app. */
  thirdParty: request(nothingSchema, z.object({ text: z.string() })),
  /** Processors and graphics cards; starts the engine, so it may take seconds. */
  devices: request(nothingSchema, z.array(deviceInfoSchema)),
  /** Memory and training at a glance for the window's frame: at once, then every two seconds. */
  machine: stream(
    nothingSchema,
    z.object({ freeBytes: z.number(), memoryBytes: z.number(), diskFreeBytes: z.number().nullable() }),
  ),
} as const;

export const entrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['file', 'folder']),
  bytes: z.number(),
  modifiedAt: z.number(),
});

/** Choosing files. Uploads go by HTTP: POST /upload/NAME with the file as body answers `{path}` (browser only). */
export const filesContract = {
  /** Folders first. Only under the home folder (`bad-request` elsewhere); absent: the home folder. Hidden ones are left out. */
  list: request(
    z.object({ folder: pathSchema.optional() }),
    z.object({ folder: z.string(), parent: z.string().nullable(), entries: z.array(entrySchema) }),
  ),
  /** The system's own dialog (Electron only; elsewhere fails with `bad-request`). Empty where the person chose nothing. */
  choose: request(
    z.object({
      kind: z.enum(['examples', 'folder', 'model', 'save-run']),
      suggestedName: z.string().max(200).optional(),
    }),
    z.object({ paths: z.array(z.string()) }),
  ),
  /** Shows a file of the app's in the system's file manager (Electron only). */
  reveal: request(z.object({ path: pathSchema }), nothingSchema),
} as const;
