/** Rotary position embedding: a rotation, so the gradient is the rotation back. Inputs: x, positions (I32). */
import type { RopeSettings } from '../builder.ts';
import type { Operation } from '../tape.ts';

export const rope: Operation<RopeSettings, null> = {
  name: 'rope',
  forward: (b, [x, positions], settings) => ({ outputs: [b.rope(x!, positions!, settings)], saved: null }),
  backward: (b, { inputs: [, positions], attributes }, [dy]) => [b.ropeBack(dy!, positions!, attributes), null],
};
