/** One pack as a ggml graph: inputs, forward pass, loss, and backward pass into the flat gradient. */
import { Builder } from '../autodiff/builder.ts';
import type { AttentionBlock } from '../autodiff/operations/attention.ts';
import { Tape } from '../autodiff/tape.ts';
import { shapeOf, variable, type Variable } from '../autodiff/variable.ts';
import { Arena } from '../native/arena.ts';
import { getGgml, ggmlType, type GraphPointer, type TensorPointer } from '../native/ggml.ts';
import { forward, type Network } from './forward.ts';
import type { BlockMask, PackInputs } from './pack-inputs.ts';

export interface PackGraphOptions {
  readonly mode: 'train' | 'evaluate' | 'logits';
  readonly checkpointing: boolean;
  readonly lossScale: number;
  readonly dropout: { readonly probability: number; readonly uniform: () => number } | null;
}

/** Values to be written to the input tensors once they have memory. */
export interface InputValue {
  readonly tensor: TensorPointer;
  readonly values: Float32Array | Int32Array;
}

export interface PackGraph extends Disposable {
  readonly graph: GraphPointer;
  /** Holds the input tensors; allocate it before the graph. */
  readonly inputArena: Arena;
  readonly inputs: readonly InputValue[];
  /** Sum of weight x loss scale x log-likelihood (the loss sum, negated); null in mode `logits`. */
  readonly loss: TensorPointer | null;
  /** Most likely tokens of the scored rows, chunk by chunk; empty unless in mode `evaluate`. */
  readonly predictions: readonly { readonly tensor: TensorPointer; readonly count: number }[];
  /** All logits [V,T]; only in mode `logits`. */
  readonly logits: TensorPointer | null;
  readonly nodes: number;
}

/** Bytes of logits that may exist at once: the head is computed in chunks of as many rows. */
const logitBytes = 48 << 20;

/** Shift between the dropout masks of two groups, in values, so that each reads the pool at another place. */
const dropoutShift = 192;

/** `embedded` are the rows of the embedding for the pack's ids, `labelRows` those of the head for its labels. */
export function buildPackGraph(
  network: Network,
  pack: PackInputs,
  embedded: Float32Array,
  labelRows: Float32Array,
  options: PackGraphOptions,
): PackGraph {
  const { config } = network;
  const inputArena = new Arena(pack.blocks.length * 2 + 16);
  const capacity = config.layers * (180 + pack.blocks.length * 60) + 1000 + pack.scored.length * 4;
  const arena = new Arena(capacity, capacity);
  const graph = arena.newGraph(capacity);
  const ggml = getGgml();
  const inputs: InputValue[] = [];
  const input = (values: Float32Array | Int32Array, ...ne: number[]): Variable => {
    const type = values instanceof Int32Array ? ggmlType.I32 : ggmlType.F32;
    const shape = shapeOf(...ne);
    const tensor = ggml.newTensor4d(inputArena.context, type, ...shape);
    inputs.push({ tensor, values });
    return variable(tensor, shape, type);
  };
  const builder = new Builder(arena.context, graph);
  const tape = new Tape(builder, options.mode === 'train');
  const d = config.embeddingLength;
  const blocks = pack.blocks.map((block) => attentionBlock(block, input));
  const slidingBlocks =
    pack.slidingBlocks === pack.blocks ? blocks : pack.slidingBlocks.map((block) => attentionBlock(block, input));
  const last = forward(
    tape,
    network,
    {
      embedded: input(embedded, d, pack.tokens),
      positions: input(pack.positions, pack.tokens),
      blocks,
      slidingBlocks,
      dropoutMask: dropoutMasks(network, pack, options, input, arena),
    },
    options.checkpointing && options.mode === 'train',
  );
  const finish = (extra: Pick<PackGraph, 'loss' | 'predictions' | 'logits'>): PackGraph => ({
    graph,
    inputArena,
    inputs,
    nodes: ggml.graphNodeCount(graph),
    ...extra,
    [Symbol.dispose]: () => {
      arena[Symbol.dispose]();
      inputArena[Symbol.dispose]();
    },
  });
  const normed = (x: Variable): Variable =>
    tape.apply1(network.operations.rmsNorm, [x], { epsilon: config.rmsEpsilon, weight: network.weights.outputNorm });

  if (options.mode === 'logits') {
    const raw = builder.matmul(network.weights.head, normed(last));
    const cap = config.finalLogitSoftcap;
    const logits = cap === null ? raw : builder.scale(builder.unary('tanh', builder.scale(raw, 1 / cap)), cap);
    builder.output(logits);
    return finish({ loss: null, predictions: [], logits: logits.tensor });
  }

  const rows = pack.scored.length;
  const chunk = Math.max(1, Math.min(rows, Math.floor(logitBytes / (config.vocabulary * 4))));
  const scored = tape.apply1(
    network.operations.gatherRows,
    [last, input(pack.scored, rows), input(pack.inverse, pack.tokens)],
    null,
  );
  const flatIndex = pack.labels.map((label, row) => label + (row % chunk) * config.vocabulary);
  const [loss, ...predictions] = tape.apply(
    network.operations.crossEntropy,
    [
      normed(scored),
      input(labelRows, d, rows),
      input(flatIndex, rows),
      input(
        pack.weights.map((weight) => weight * options.lossScale),
        rows,
      ),
    ],
    {
      head: network.weights.head,
      headBackward: network.weights.headBackward,
      softcap: config.finalLogitSoftcap,
      chunk,
      predictions: options.mode === 'evaluate',
    },
  ) as [Variable, ...Variable[]];
  if (options.mode === 'train') {
    loss.gradient = loss;
    tape.walkBack();
  }
  return finish({
    loss: loss.tensor,
    predictions: predictions.map((p) => ({ tensor: p.tensor, count: p.shape[0] })),
    logits: null,
  });
}

type MakeInput = (values: Float32Array | Int32Array, ...ne: number[]) => Variable;

function attentionBlock({ start, count, firstKey, mask }: BlockMask, input: MakeInput): AttentionBlock {
  return { start, count, firstKey, mask: input(mask, start + count - firstKey, count) };
}

/**
 * Masks of 0 and 1/(1-p). One pool of random bits serves all groups, each reading it at another offset: fresh bits
 * for each would cost more than the step itself, and neighbouring layers still see unrelated patterns.
 */
function dropoutMasks(
  network: Network,
  pack: PackInputs,
  { dropout, mode }: PackGraphOptions,
  input: MakeInput,
  arena: Arena,
): (layer: number, group: number, inFeatures: number) => Variable | null {
  if (dropout === null || dropout.probability === 0 || mode !== 'train') return () => null;
  const { config } = network;
  const widest = Math.max(config.embeddingLength, config.feedForward, config.heads * config.headDim);
  const groups = config.layers * 4;
  const keep = 1 / (1 - dropout.probability);
  const pool = new Float32Array(widest * pack.tokens + groups * dropoutShift);
  for (let i = 0; i < pool.length; i++) pool[i] = dropout.uniform() < dropout.probability ? 0 : keep;
  const poolVariable = input(pool, pool.length);
  return (layer, group, inFeatures) => {
    const offset = (layer * 4 + group) * dropoutShift * 4;
    const view = getGgml().view2d(arena.context, poolVariable.tensor, inFeatures, pack.tokens, inFeatures * 4, offset);
    return variable(view, shapeOf(inFeatures, pack.tokens), ggmlType.F32);
  };
}
