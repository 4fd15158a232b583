/**
 * The trainable state in one flat F32 buffer each for values, gradient and AdamW's moments, with views into it for
 * every adapted layer. One buffer means one optimizer node, one norm, one copy to a checkpoint.
 *
 * Layout, group by group (layers that share their input): A of all adapted layers side by side [in, r x n], then
 * Bᵀ [out, r] of each. Pieces start at multiples of 64 values.
 */
import { linearNames, type LinearName } from '#common/domain/recipe.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { parameter, shapeOf, type Variable } from '../autodiff/variable.ts';
import type { ModelConfig } from '../gguf/config.ts';
import { linearShape, linearTensorName } from '../gguf/tensors.ts';
import { Arena } from '../native/arena.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml, ggmlType, type BufferPointer, type TensorPointer } from '../native/ggml.ts';
import type { LoraTensor } from './session.ts';

/** Linear layers that read the same activations, in the order of the forward pass. */
export const linearGroups: readonly (readonly LinearName[])[] = [['q', 'k', 'v'], ['o'], ['gate', 'up'], ['down']];

export interface LoraGroup {
  /** A of the group's adapted layers, [in, rank x adapted]. */
  readonly down: Variable;
  /** Bᵀ by layer name, [out, rank]. */
  readonly ups: ReadonlyMap<LinearName, Variable>;
}

interface Piece {
  readonly layer: number;
  readonly linear: LinearName;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Offsets in values. */
  readonly a: number;
  readonly b: number;
}

const alignment = 64;

export interface LoraOptions {
  readonly rank: number;
  readonly targets: readonly LinearName[];
}

/** A source of uniform numbers in [0, 1). */
export type Uniform = () => number;

export class LoraParameters implements Disposable {
  readonly rank: number;
  /** Values in each flat buffer. */
  readonly length: number;
  /** Values that belong to some A or B. */
  readonly trainable: number;
  readonly values: TensorPointer;
  readonly gradient: TensorPointer;
  readonly firstMoment: TensorPointer;
  readonly secondMoment: TensorPointer;
  readonly bytes: number;
  private readonly pieces: readonly Piece[];
  private readonly groups = new Map<string, LoraGroup>();
  private readonly arena: Arena;
  private readonly views: Arena;
  private readonly buffer: BufferPointer;

  constructor(config: ModelConfig, backend: Backend, { rank, targets }: LoraOptions) {
    const ggml = getGgml();
    this.rank = rank;
    const plan = planLayout(config, rank, targets);
    this.pieces = plan.pieces;
    this.length = plan.length;
    this.trainable = plan.pieces.reduce((sum, p) => sum + rank * (p.inFeatures + p.outFeatures), 0);
    this.arena = new Arena(8);
    const flat = (): TensorPointer => ggml.newTensor1d(this.arena.context, ggmlType.F32, plan.length);
    this.values = flat();
    this.gradient = flat();
    this.firstMoment = flat();
    this.secondMoment = flat();
    ggml.setParam(this.values);
    const buffer = ggml.allocateContext(this.arena.context, backend.pointer);
    if (!buffer) {
      throw new TunesmithError('out-of-memory', 'There is not enough memory for what is to be learned.', {
        advice: 'Choose a smaller rank or fewer target layers.',
      });
    }
    this.buffer = buffer;
    ggml.bufferClear(buffer, 0);
    this.bytes = Number(ggml.bufferSize(buffer));
    this.views = new Arena(plan.groups.length * 2 * 8 + 8);
    for (const group of plan.groups) {
      this.groups.set(`${group.layer}.${group.index}`, {
        down: this.view(group.inFeatures, rank * group.members.length, group.a),
        ups: new Map(group.members.map((p) => [p.linear, this.view(p.outFeatures, rank, p.b)])),
      });
    }
  }

  /** The adapted part of a group of a layer; undefined where nothing in it is adapted. */
  group(layer: number, index: number): LoraGroup | undefined {
    return this.groups.get(`${layer}.${index}`);
  }

  /**
   * First values: A uniform in +-1/sqrt(in), B zero, as PEFT does (kaiming_uniform with a = sqrt(5)); measured to
   * learn better than a normal A. With B = 0 the adapter changes nothing at first.
   */
  initialize(uniform: Uniform): void {
    const values = new Float32Array(this.length);
    for (const { a, inFeatures } of this.pieces) {
      const bound = 1 / Math.sqrt(inFeatures);
      for (let i = a; i < a + inFeatures * this.rank; i++) values[i] = (2 * uniform() - 1) * bound;
    }
    this.write(this.values, values);
  }

  read(tensor: TensorPointer): Float32Array {
    const values = new Float32Array(this.length);
    getGgml().tensorGet(tensor, values, 0, values.byteLength);
    return values;
  }

  write(tensor: TensorPointer, values: Float32Array): void {
    if (values.length !== this.length) {
      throw new TunesmithError('checkpoint-unreadable', 'The saved state belongs to another recipe or base model.');
    }
    getGgml().tensorSet(tensor, values, 0, values.byteLength);
  }

  zeroGradient(): void {
    getGgml().tensorFill(this.gradient, 0, 0, this.length * 4);
  }

  /** As an adapter file stores them. */
  *tensors(): Generator<LoraTensor> {
    const values = this.read(this.values);
    for (const { layer, linear, inFeatures, outFeatures, a, b } of this.pieces) {
      const bRows = new Float32Array(outFeatures * this.rank);
      for (let out = 0; out < outFeatures; out++)
        for (let r = 0; r < this.rank; r++) bRows[out * this.rank + r] = values[b + r * outFeatures + out]!;
      yield {
        baseName: linearTensorName(layer, linear),
        layer,
        linear,
        inFeatures,
        outFeatures,
        rank: this.rank,
        a: values.slice(a, a + inFeatures * this.rank),
        b: bRows,
      };
    }
  }

  [Symbol.dispose](): void {
    this.views[Symbol.dispose]();
    getGgml().bufferFree(this.buffer);
    this.arena[Symbol.dispose]();
  }

  private view(n0: number, n1: number, offset: number): Variable {
    const view = (of: TensorPointer): TensorPointer =>
      getGgml().view2d(this.views.context, of, n0, n1, n0 * 4, offset * 4);
    return parameter(view(this.values), view(this.gradient), shapeOf(n0, n1), ggmlType.F32);
  }
}

interface PlannedGroup {
  readonly layer: number;
  readonly index: number;
  readonly inFeatures: number;
  readonly a: number;
  readonly members: readonly Piece[];
}

function planLayout(config: ModelConfig, rank: number, targets: readonly LinearName[]) {
  let length = 0;
  const take = (count: number): number => {
    const start = length;
    length += Math.ceil(count / alignment) * alignment;
    return start;
  };
  const wanted = new Set(linearNames.filter((name) => targets.includes(name)));
  const pieces: Piece[] = [];
  const groups: PlannedGroup[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    linearGroups.forEach((names, index) => {
      const adapted = names.filter((name) => wanted.has(name));
      const [first] = adapted;
      if (first === undefined) return;
      const [inFeatures] = linearShape(config, first);
      const a = take(inFeatures * rank * adapted.length);
      const members = adapted.map((linear, i): Piece => {
        const [, outFeatures] = linearShape(config, linear);
        return { layer, linear, inFeatures, outFeatures, a: a + i * inFeatures * rank, b: take(outFeatures * rank) };
      });
      pieces.push(...members);
      groups.push({ layer, index, inFeatures, a, members });
    });
  }
  return { pieces, groups, length };
}

/** Whether something is trained before this linear layer in the forward pass, so that a gradient passes through it. */
export function gradientPasses(targets: readonly LinearName[], layer: number, linear: LinearName): boolean {
  const position = linearGroups.findIndex((names) => names.includes(linear));
  const firstTrained = linearGroups.findIndex((names) => names.some((name) => targets.includes(name)));
  return layer > 0 || position > firstTrained;
}
