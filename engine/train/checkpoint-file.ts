/**
 * The file of one checkpoint, little-endian:
 *
 *   8 bytes  magic "TUNECKPT"
 *   u32      version of this format
 *   u32      length of the header in bytes
 *   header   JSON, UTF-8: where the run is (see `CheckpointHeader`)
 *   f32[]    parameters, first moments, second moments: `parameterCount` values each
 *   32 bytes SHA-256 of everything before
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { TunesmithError } from '#common/domain/errors.ts';
import { recipeSchema } from '#common/domain/recipe.ts';
import type { TrainableState } from '../model/session.ts';
import { inParts, writeAtomically } from './atomic-file.ts';
import { progressSchema } from './progress.ts';

const identitySchema = z
  .object({
    /** Says which base the adapter belongs to, e.g. the hash of its file. */
    base: z.string(),
    /** SHA-256 of the encoded examples: tokens, masks and order. */
    trainData: z.string(),
    heldOutData: z.string(),
    recipe: recipeSchema,
    parameterCount: z.int(),
  })
  .readonly();
export type RunIdentity = z.infer<typeof identitySchema>;

const headerSchema = z.object({ identity: identitySchema, progress: progressSchema }).readonly();
export type CheckpointHeader = z.infer<typeof headerSchema>;

export interface Checkpoint extends CheckpointHeader {
  readonly state: TrainableState;
}

const magic = Buffer.from('TUNECKPT', 'latin1');
const formatVersion = 1;
const prefixBytes = magic.length + 8;
const hashBytes = 32;

/** Writes atomically. Returns the size in bytes. */
export async function writeCheckpoint(filePath: string, { identity, progress, state }: Checkpoint): Promise<number> {
  const header = Buffer.from(JSON.stringify({ identity, progress } satisfies CheckpointHeader), 'utf8');
  const prefix = Buffer.alloc(prefixBytes);
  magic.copy(prefix);
  prefix.writeUInt32LE(formatVersion, magic.length);
  prefix.writeUInt32LE(header.length, magic.length + 4);
  const pieces = [prefix, header, ...payloadOf(state).map(bytesOf)];
  const hash = createHash('sha256');
  let bytes = 0;
  await writeAtomically(filePath, async (handle) => {
    for (const piece of pieces) {
      for (const part of inParts(piece)) {
        hash.update(part);
        await handle.appendFile(part);
        bytes += part.length;
      }
    }
    await handle.appendFile(hash.digest());
  });
  return bytes + hashBytes;
}

/** Reads a whole checkpoint; anything wrong with the file is a `checkpoint-unreadable`. */
export async function readCheckpoint(filePath: string): Promise<Checkpoint> {
  try {
    return await readTrusting(filePath);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TunesmithError('checkpoint-unreadable', `The saved state ${filePath} cannot be read: ${why}.`, {
      advice: 'The saved state before it is used where there is one.',
      cause: error,
    });
  }
}

async function readTrusting(filePath: string): Promise<Checkpoint> {
  await using handle = await open(filePath, 'r');
  const { size } = await handle.stat();
  if (size < prefixBytes + hashBytes) throw new Error('the file is too short');
  const prefix = Buffer.alloc(prefixBytes);
  await handle.read(prefix, 0, prefixBytes, 0);
  if (!prefix.subarray(0, magic.length).equals(magic)) throw new Error('it is not a saved state');
  const version = prefix.readUInt32LE(magic.length);
  if (version !== formatVersion)
    throw new Error(`it has format ${version}, and this app reads format ${formatVersion}`);
  const headerBytes = prefix.readUInt32LE(magic.length + 4);
  if (headerBytes > size - prefixBytes - hashBytes) throw new Error('the file is incomplete');
  const headerText = Buffer.alloc(headerBytes);
  await handle.read(headerText, 0, headerBytes, prefixBytes);
  const hash = createHash('sha256').update(prefix).update(headerText);

  const count = (size - prefixBytes - headerBytes - hashBytes) / 12;
  if (!Number.isInteger(count)) throw new Error('the file is incomplete');
  const state: TrainableState = {
    parameters: new Float32Array(count),
    firstMoment: new Float32Array(count),
    secondMoment: new Float32Array(count),
  };
  let position = prefixBytes + headerBytes;
  for (const piece of payloadOf(state).map(bytesOf)) {
    for (const part of inParts(piece)) {
      const { bytesRead } = await handle.read(part, 0, part.length, position);
      if (bytesRead !== part.length) throw new Error('the file is incomplete');
      hash.update(part);
      position += part.length;
    }
  }
  const stored = Buffer.alloc(hashBytes);
  await handle.read(stored, 0, hashBytes, position);
  if (!stored.equals(hash.digest())) throw new Error('its content was changed or damaged');

  const header = headerSchema.parse(JSON.parse(headerText.toString('utf8')));
  if (header.identity.parameterCount !== count) throw new Error('its size does not fit its description');
  return { ...header, state };
}

function payloadOf(state: TrainableState): readonly Float32Array[] {
  return [state.parameters, state.firstMoment, state.secondMoment];
}

/** The values as stored in memory: every platform the app runs on is little-endian. */
function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
