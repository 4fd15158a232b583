/** One pack as a ggml graph: inputs, forward pass, loss, and backward pass into the flat gradient. */
import { Builder } from '../autodiff/builder.ts';
import type { VisibleKeys } from '../autodiff/operations/attention.ts';
import { kernelLogits } from '../autodiff/operations/cross-entropy.ts';
import { Tape } from '../autodiff/tape.ts';
import { shapeOf, variable, type Variable } from '../autodiff/variable.ts';
import { Arena } from '../native/arena.ts';
import { getGgml, ggmlType, type GraphPointer, type TensorPointer } from '../native/ggml.ts';
import { applyNorm, forward, type Network } from './forward.ts';
import { blockMasks, type PackInputs } from './pack-inputs.ts';
import { isPack } from './packed-weights.ts';

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

/** Rows that are read from the model's file, because embedding and head are frozen. */
export interface FrozenRows {
  /** Of the embedding, for the pack's ids. */
  readonly embedded: Float32Array;
  /** Of the head, for the pack's labels. */
  readonly labels: Float32Array;
}

/** `rows` is null where embedding and head are trained, and their tables in the network's weights. */
export function buildPackGraph(
  network: Network,
  pack: PackInputs,
  rows: FrozenRows | null,
  options: PackGraphOptions,
): PackGraph {
  const { config } = network;
  const mostBlocks = Math.ceil(pack.tokens / network.attentionBlock);
  const inputArena = new Arena(mostBlocks * 2 + 16);
  const capacity = config.layers * (180 + mostBlocks * 60) + 1000 + pack.scored.length * 4;
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
  const uniform = (network.trained?.attention ?? null) === null ? null : uniformMask(pack, input);
  const visible = visibleKeys(pack.firstKeys, network.attentionBlock, input);
  const slidingVisible =
    pack.slidingFirstKeys === pack.firstKeys
      ? visible
      : visibleKeys(pack.slidingFirstKeys, network.attentionBlock, input);
  const last = forward(
    tape,
    network,
    {
      embedded: embed(tape, network, pack, rows, input),
      positions: input(pack.positions, pack.tokens),
      visible,
      slidingVisible,
      uniform,
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
  const normed = (x: Variable): Variable => applyNorm(tape, network, x, network.weights.outputNorm);

  if (options.mode === 'logits') {
    const { head } = network.weights;
    const raw = isPack(head) ? kernelLogits(builder, head, normed(last)) : builder.matmul(head, normed(last));
    const cap = config.finalLogitSoftcap;
    const logits = cap === null ? raw : builder.scale(builder.unary('tanh', builder.scale(raw, 1 / cap)), cap);
    builder.output(logits);
    return finish({ loss: null, predictions: [], logits: logits.tensor });
  }

  const count = pack.scored.length;
  const scored = tape.apply1(
    network.operations.gatherRows,
    [last, input(pack.scored, count), input(pack.inverse, pack.tokens)],
    null,
  );
  const [loss, ...predictions] = applyLoss(tape, network, pack, normed(scored), rows, options, input);
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

function embed(tape: Tape, network: Network, pack: PackInputs, rows: FrozenRows | null, input: MakeInput): Variable {
  if (rows !== null) return input(rows.embedded, network.config.embeddingLength, pack.tokens);
  const { trained, weights } = requireTrained(network);
  return tape.apply1(trained.embed, [weights.embedding, input(pack.ids, pack.tokens)], null);
}

/** The loss sum of the rows `h` [d,n], negated, and their most likely tokens where asked for. */
function applyLoss(
  tape: Tape,
  network: Network,
  pack: PackInputs,
  h: Variable,
  rows: FrozenRows | null,
  options: PackGraphOptions,
  input: MakeInput,
): [Variable, ...Variable[]] {
  const { config, weights } = network;
  const count = pack.labels.length;
  const chunk = Math.max(1, Math.min(count, Math.floor(logitBytes / (config.vocabulary * 4))));
  const common = { softcap: config.finalLogitSoftcap, chunk, predictions: options.mode === 'evaluate' };
  const flatIndex = (): Variable =>
    input(
      pack.labels.map((label, row) => label + (row % chunk) * config.vocabulary),
      count,
    );
  const scaled = (): Variable =>
    input(
      pack.weights.map((weight) => weight * options.lossScale),
      count,
    );
  const results =
    rows === null
      ? tape.apply(
          requireTrained(network).trained.crossEntropy,
          [h, weights.head, input(pack.labels, count), flatIndex(), scaled()],
          { ...common, rounded: !weights.exact },
        )
      : tape.apply(
          network.operations.crossEntropy,
          [h, input(rows.labels, config.embeddingLength, count), flatIndex(), scaled()],
          { ...common, head: weights.head, headBackward: weights.headBackward },
        );
  return results as [Variable, ...Variable[]];
}

function requireTrained(network: Network) {
  const { trained, weights } = network;
  if (trained === null || weights.embedding === null) throw new Error('frozen weights need their rows from the file');
  return { trained, weights: { ...weights, embedding: weights.embedding } };
}

type MakeInput = (values: Float32Array | Int32Array, ...ne: number[]) => Variable;

/** Only the form that the attention in use asks for becomes an input of the graph. */
function visibleKeys(first: Int32Array, blockSize: number, input: MakeInput): VisibleKeys {
  let firstKeys: Variable | undefined;
  let blocks: ReturnType<VisibleKeys['blocks']> | undefined;
  return {
    firstKeys: () => (firstKeys ??= input(first, first.length)),
    blocks: () =>
      (blocks ??= blockMasks(first, blockSize).map(({ start, count, firstKey, mask }) => ({
        ...{ start, count, firstKey },
        mask: input(mask, start + count - firstKey, count),
      }))),
  };
}

function uniformMask(pack: PackInputs, input: MakeInput) {
  const length = pack.uniformLength;
  if (length === null) return null;
  const mask = new Float32Array(length * length).fill(-Infinity);
  for (let query = 0; query < length; query++) mask.fill(0, query * length, query * length + query + 1);
  return { length, mask: input(mask, length, length) };
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
