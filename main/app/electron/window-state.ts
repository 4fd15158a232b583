import path from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '../../services/storage/json-file.ts';

const stateSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof stateSchema>;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const leastSize = { width: 880, height: 560 } as const;
const usualSize = { width: 1280, height: 800 } as const;
/** So much of the title strip must be on a display that the window can be taken by it and moved. */
const grip = { width: 160, height: 24 } as const;

function fileIn(folder: string): string {
  return path.join(folder, 'window.json');
}

export function readWindowState(folder: string): WindowState | undefined {
  return readJson(fileIn(folder), stateSchema);
}

/** A place that cannot be kept is no reason to disturb anybody. */
export function keepWindowState(folder: string, state: WindowState): void {
  try {
    writeJson(fileIn(folder), state);
  } catch {
    // The window opens at its usual place the next time.
  }
}

/** Where to open the window: where it was, if the displays that are there now still show it; else in the middle (no `x` and `y`). */
export function placeWindow(
  state: WindowState | undefined,
  displays: readonly Area[],
): { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number } {
  const display = state === undefined ? displays[0] : displays.find((each) => canBeGripped(state, each));
  const room = display ?? displays[0] ?? { x: 0, y: 0, ...usualSize };
  const width = Math.min(Math.max(state?.width ?? usualSize.width, leastSize.width), room.width);
  const height = Math.min(Math.max(state?.height ?? usualSize.height, leastSize.height), room.height);
  if (state === undefined || display === undefined) return { width, height };
  return { x: state.x, y: state.y, width, height };
}

function canBeGripped(state: Area, display: Area): boolean {
  const overlap = Math.min(state.x + state.width, display.x + display.width) - Math.max(state.x, display.x);
  const isStripOn = state.y >= display.y && state.y + grip.height <= display.y + display.height;
  return overlap >= grip.width && isStripOn;
}
