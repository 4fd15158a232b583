import { z } from 'zod';
import { quantTypeSchema } from '../engine.ts';
import { request, stream } from '../define.ts';
import { failureSchema, nothingSchema, pathSchema, runIdSchema, workSchema } from './shapes.ts';

export const ollamaStatusSchema = z.object({
  state: z.enum(['running', 'too-old', 'stranger', 'stopped', 'unreachable', 'missing']),
  address: z.string(),
  version: z.string().nullable(),
  /** What is wrong and what to do; both null while it is running. */
  message: z.string().nullable(),
  advice: z.string().nullable(),
  /** True where it is stopped and the app may start it (`startOllama`): no service of the system stands behind it. */
  canStart: z.boolean(),
});
export type OllamaStatus = z.infer<typeof ollamaStatusSchema>;

export const parityRowSchema = z.object({
  prompt: z.string(),
  appText: z.string(),
  ollamaText: z.string().optional(),
  appTokens: z.int(),
  ollamaTokens: z.int().optional(),
  comparedTokens: z.int(),
  meanDifference: z.number().nullish(),
  largestDifference: z.number().nullish(),
  logprobsAgree: z.boolean().optional(),
  sameAnswer: z.boolean().optional(),
  answer: z.string(),
});
export type ParityRow = z.infer<typeof parityRowSchema>;
export const paritySchema = z.object({
  name: z.string(),
  ollamaVersion: z.string(),
  verdict: z.enum(['agrees', 'differs', 'incomplete']),
  /** With the figures, for experts. */
  words: z.string(),
  rows: z.array(parityRowSchema),
});
export type Parity = z.infer<typeof paritySchema>;

export const installedSchema = z.object({
  name: z.string(),
  server: z.string(),
  quant: z.string().nullable(),
  installedAt: z.number(),
  /** Null where it was not compared (yet): `compare` does it. */
  parity: paritySchema.nullable(),
});
export type Installed = z.infer<typeof installedSchema>;

export const installStages = ['making', 'checking', 'uploading', 'creating', 'comparing', 'saving'] as const;
export type InstallStage = (typeof installStages)[number];

const orderSchema = z.object({
  quant: quantTypeSchema,
  name: z.string().min(1).max(300),
  /** Replace a model that has this name. */
  replace: z.boolean(),
});
export type InstallOrder = z.infer<typeof orderSchema>;

export const installStateSchema = z.object({
  installed: z.array(installedSchema),
  work: workSchema
    .extend({
      /** Name in Ollama, or the folder that the files are saved to. */
      name: z.string(),
      stage: z.enum(installStages),
      /** The stages of this piece of work, in order. */
      stages: z.array(z.enum(installStages)),
      /** Seconds until the stage is done, where that can be told. */
      etaSeconds: z.number().nullable(),
    })
    .nullable(),
  failure: failureSchema.nullable(),
  /** What failed, to be tried again; null where nothing did. */
  failed: orderSchema.nullable(),
  /** The files that were saved last, since the app was started. */
  saved: z.object({ folder: z.string(), model: z.string(), modelfile: z.string() }).nullable(),
});
export type InstallState = z.infer<typeof installStateSchema>;

/** What will stand in Ollama: the same that is in the Modelfile. */
export const installRecipeSchema = z.object({
  /** The size asked for; where none was, one that is made, else the one that is safe for a model like this. */
  quant: quantTypeSchema,
  bytes: z.number(),
  /** False where the file must be made first. */
  made: z.boolean(),
  stops: z.array(z.string()),
  temperature: z.number(),
  repeatPenalty: z.number(),
  modelfile: z.string(),
  /** What both sides are asked afterwards. */
  questions: z.array(z.string()),
});
export type InstallRecipe = z.infer<typeof installRecipeSchema>;

const ofRun = z.object({ run: runIdSchema });

export const installingContract = {
  /** The state at once and at every change; looks every two seconds. Stays open until it is cancelled. */
  ollama: stream(nothingSchema, ollamaStatusSchema),
  /** Starts an Ollama that is installed and at rest; it goes on after the app is closed. Resolves when it answers. */
  startOllama: request(nothingSchema, nothingSchema),
  /** What would be written, for a size. */
  recipe: request(z.object({ run: runIdSchema, quant: quantTypeSchema.nullable() }), installRecipeSchema),
  /** Whether a name can be used. `existing` is the model that has it; `free` a name like it that nobody has. */
  checkName: request(
    z.object({ name: z.string().max(300) }),
    z.object({
      valid: z.boolean(),
      full: z.string().nullable(),
      problem: z.string().nullable(),
      existing: z.object({ name: z.string(), bytes: z.number(), madeHere: z.boolean() }).nullable(),
      free: z.string().nullable(),
    }),
  ),
  start: request(orderSchema.extend({ run: runIdSchema }), nothingSchema),
  /** Asks both sides the same questions (again) for a model that is installed. */
  compare: request(z.object({ run: runIdSchema, name: z.string() }), nothingSchema),
  /** Saves model and Modelfile into a new folder below the one given, without Ollama. */
  saveFiles: request(
    z.object({ run: runIdSchema, quant: quantTypeSchema, name: z.string().min(1).max(300), folder: pathSchema }),
    nothingSchema,
  ),
  cancel: request(ofRun, nothingSchema),
  /** The whole state at every change, at most ten a second. Stays open until it is cancelled. */
  watch: stream(ofRun, installStateSchema),
  /** Takes a model of this run out of Ollama again. */
  remove: request(z.object({ run: runIdSchema, name: z.string() }), nothingSchema),
  /** Writes what was compared as a text. `download`: for a browser to fetch. */
  saveCertificate: request(
    z.object({ run: runIdSchema, name: z.string() }),
    z.object({ path: z.string(), download: z.string().nullable() }),
  ),
} as const;
