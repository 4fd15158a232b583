import { z } from 'zod';
import { checkSpecSchema, recipeSchema } from '../../domain/recipe.ts';
import { quantTypeSchema } from '../engine.ts';
import { request } from '../define.ts';
import { draftIdSchema, nothingSchema, runIdSchema } from './shapes.ts';

export const stepIds = ['model', 'examples', 'preview', 'train', 'shrink', 'install', 'compare'] as const;
export const stepIdSchema = z.enum(stepIds);
export type StepId = z.infer<typeof stepIdSchema>;

export const presetSchema = z.enum(['quick', 'balanced', 'thorough']);
export type PresetName = z.infer<typeof presetSchema>;

/** Knobs the person turned; the others come from the preset. */
export const overridesSchema = recipeSchema.unwrap().partial();
export type Overrides = z.infer<typeof overridesSchema>;

/** Everything the wizard has to remember, but for the examples themselves (see `examples`). */
export const draftSchema = z.object({
  id: draftIdSchema,
  title: z.string().max(200),
  createdAt: z.number(),
  updatedAt: z.number(),
  step: stepIdSchema,
  /** As in `models.inspect`; null before one is chosen. */
  base: z.object({ id: z.string(), title: z.string() }).nullable(),
  preset: presetSchema,
  overrides: overridesSchema,
  check: checkSpecSchema,
  /** The person's own test questions. */
  questions: z.array(z.string().max(20_000)).max(50),
  /** The run that came of it; null before `training.start`. */
  run: runIdSchema.nullable(),
  quant: quantTypeSchema.nullable(),
  installName: z.string().max(200).nullable(),
  /** Small things a screen remembers: a chosen row, an open drawer. */
  view: z.record(z.string().max(50), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])),
});
export type Draft = z.infer<typeof draftSchema>;

export const draftChangeSchema = draftSchema.omit({ id: true, createdAt: true, updatedAt: true }).partial();
export type DraftChange = z.infer<typeof draftChangeSchema>;

/** The wizard's state, saved by main: a reload, a crash or a restart finds it as it was. */
export const draftsContract = {
  /** Newest first. */
  list: request(nothingSchema, z.array(draftSchema)),
  create: request(z.object({ title: z.string().max(200).optional() }), draftSchema),
  /** A project with the guided sample in place, and the practice model (or another one that is here) as its base. */
  createSample: request(nothingSchema, draftSchema),
  get: request(z.object({ id: draftIdSchema }), draftSchema),
  /** Writes the named fields only and answers the whole; on the disk when it answers. */
  save: request(z.object({ id: draftIdSchema, change: draftChangeSchema }), draftSchema),
  /** Removes the draft and its examples; runs that came of it stay. */
  delete: request(z.object({ id: draftIdSchema }), nothingSchema),
} as const;
