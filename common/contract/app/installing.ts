import { z } from 'zod';
import { quantTypeSchema } from '../engine.ts';
import { request, stream } from '../define.ts';
import { failureSchema, nothingSchema, runIdSchema, workSchema } from './shapes.ts';

export const ollamaStatusSchema = z.object({
  state: z.enum(['running', 'too-old', 'stranger', 'stopped', 'unreachable', 'missing']),
  address: z.string(),
  version: z.string().nullable(),
  /** What is wrong and what to do; both null while it is running. */
  message: z.string().nullable(),
  advice: z.string().nullable(),
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
export const paritySchema = z.object({
  name: z.string(),
  ollamaVersion: z.string(),
  verdict: z.enum(['agrees', 'differs', 'incomplete']),
  /** For the person. */
  words: z.string(),
  rows: z.array(parityRowSchema),
});
export type Parity = z.infer<typeof paritySchema>;

export const installedSchema = z.object({
  name: z.string(),
  server: z.string(),
  quant: z.string().nullable(),
  installedAt: z.number(),
  parity: paritySchema.nullable(),
});
export type Installed = z.infer<typeof installedSchema>;

export const installStateSchema = z.object({
  installed: z.array(installedSchema),
  /** `checking`, `uploading`, `creating`, `comparing`; before them `making` where the file must be made first. */
  work: workSchema.extend({ name: z.string() }).nullable(),
  failure: failureSchema.nullable(),
});
export type InstallState = z.infer<typeof installStateSchema>;

const ofRun = z.object({ run: runIdSchema });

export const installingContract = {
  /** The state at once and at every change; looks every two seconds. Stays open until it is cancelled. */
  ollama: stream(nothingSchema, ollamaStatusSchema),
  /** Whether a name can be used. `taken` names the model of that name. */
  checkName: request(
    z.object({ name: z.string().max(300) }),
    z.object({ valid: z.boolean(), full: z.string().nullable(), problem: z.string().nullable(), taken: z.boolean() }),
  ),
  start: request(
    z.object({ run: runIdSchema, quant: quantTypeSchema, name: z.string().min(1).max(300), replace: z.boolean() }),
    nothingSchema,
  ),
  cancel: request(ofRun, nothingSchema),
  /** The whole state at every change, at most ten a second. Stays open until it is cancelled. */
  watch: stream(ofRun, installStateSchema),
  /** Takes a model of this run out of Ollama again. */
  remove: request(z.object({ run: runIdSchema, name: z.string() }), nothingSchema),
} as const;
