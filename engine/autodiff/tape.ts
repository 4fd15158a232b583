/**
 * Reverse-mode differentiation over ggml: a list of what was applied, and one walk back over it. What each
 * operation's gradient is stands with the operation (engine/autodiff/operations); nothing here knows any of them.
 */
import type { Builder } from './builder.ts';
import type { Variable } from './variable.ts';

/**
 * A differentiable operation. `Saved` is what the forward pass keeps for the backward pass besides inputs and
 * outputs; keep it small, because it lives until the walk reaches the operation.
 */
export interface Operation<Attributes, Saved = unknown> {
  readonly name: string;
  /** The way back reads the frozen weights themselves and needs no transposed copies of them. */
  readonly readsWeightsBothWays?: boolean;
  forward(
    b: Builder,
    inputs: readonly Variable[],
    attributes: Attributes,
  ): { readonly outputs: readonly Variable[]; readonly saved: Saved };
  /**
   * Gradients with respect to the inputs, given those with respect to the outputs (null: no gradient arrived).
   * Return null for an input that needs none; `inputs[i].needsGradient` says so.
   */
  backward(
    b: Builder,
    step: {
      readonly inputs: readonly Variable[];
      readonly outputs: readonly Variable[];
      readonly saved: Saved;
      readonly attributes: Attributes;
    },
    gradients: readonly (Variable | null)[],
  ): readonly (Variable | null)[];
}

interface Entry {
  readonly outputs: readonly Variable[];
  walkBack(): void;
}

export class Tape {
  readonly builder: Builder;
  private readonly entries: Entry[] = [];
  private readonly recording: boolean;

  /** `recording` false: forward only, nothing is kept. */
  constructor(builder: Builder, recording = true) {
    this.builder = builder;
    this.recording = recording;
  }

  /** Applies an operation and remembers how to walk back over it. */
  apply<A, S>(operation: Operation<A, S>, inputs: readonly Variable[], attributes: A): readonly Variable[] {
    const { outputs, saved } = operation.forward(this.builder, inputs, attributes);
    if (!this.recording || !inputs.some((input) => input.needsGradient)) return outputs;
    for (const output of outputs) output.needsGradient = true;
    this.entries.push({
      outputs,
      walkBack: () => {
        const gradients = outputs.map((output) => output.gradient);
        const back = operation.backward(this.builder, { inputs, outputs, saved, attributes }, gradients);
        inputs.forEach((input, i) => this.accumulate(input, back[i] ?? null));
      },
    });
    return outputs;
  }

  /** As `apply`, for the common case of one output. */
  apply1<A, S>(operation: Operation<A, S>, inputs: readonly Variable[], attributes: A): Variable {
    const [output] = this.apply(operation, inputs, attributes);
    if (output === undefined) throw new Error(`${operation.name} gave no output`);
    return output;
  }

  /**
   * Gradient checkpointing: runs `body` without keeping its intermediate values, and runs it a second time when
   * the walk comes back. Costs one more forward pass of `body`, saves all of its memory in between.
   */
  checkpoint(x: Variable, body: (tape: Tape, x: Variable) => Variable): Variable {
    if (!this.recording) return this.builder.expand(body(this, x));
    const y = this.builder.expand(body(new Tape(this.builder, false), x));
    y.needsGradient = true;
    this.entries.push({
      outputs: [y],
      walkBack: () => {
        // The replay is not expanded node by node: its order must follow from what the gradients need.
        const eager = this.builder.eager;
        this.builder.eager = false;
        const inner = new Tape(this.builder);
        const start: Variable = { ...x, gradient: null };
        const replayed = body(inner, start);
        this.builder.eager = eager;
        replayed.gradient = y.gradient;
        inner.walkBack();
        this.accumulate(x, start.gradient);
      },
    });
    return y;
  }

  /** Walks back from variables whose `gradient` has been set (a loss operation sets its own). */
  walkBack(): void {
    const eager = this.builder.eager;
    this.builder.eager = true;
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      if (entry.outputs.some((output) => output.gradient !== null)) entry.walkBack();
      for (const output of entry.outputs) output.gradient = null;
    }
    this.builder.eager = eager;
  }

  private accumulate(target: Variable, gradient: Variable | null): void {
    if (gradient === null || !target.needsGradient) return;
    if (target.gradientSink !== undefined) this.builder.addInto(target.gradientSink, gradient);
    else target.gradient = target.gradient === null ? gradient : this.builder.add(target.gradient, gradient);
  }
}
