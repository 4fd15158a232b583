/**
 * The decoder's forward pass, for all supported architectures: what differs between them is in `ModelConfig` and
 * in which tensors a layer has (norms after attention and feed-forward, norms of queries and keys, biases).
 *
 *   h = rms(x) w;  q, k, v = h W (+ b);  rope(q), rope(k);  x += Wo attention(q, k, v)
 *   h = rms(x) w;  x += Wdown (act(h Wgate) ⊙ h Wup)
 */
import type { LinearName } from '#common/domain/recipe.ts';
import type { RopeSettings } from '../autodiff/builder.ts';
import type { VisibleKeys } from '../autodiff/operations/attention.ts';
import type { OperationSet } from '../autodiff/operation-set.ts';
import type { TrainedOperations } from '../autodiff/trained-operations.ts';
import type { Tape } from '../autodiff/tape.ts';
import type { Variable } from '../autodiff/variable.ts';
import type { ModelConfig } from '../gguf/config.ts';
import { ropeMode } from '../native/ggml.ts';
import type { LoraParameters } from './lora-parameters.ts';
import { linearGroups } from './lora-parameters.ts';
import type { LayerWeights, ModelWeights } from './weights.ts';

export interface ForwardInputs {
  /** Embedded tokens [d,T], not yet scaled. */
  readonly embedded: Variable;
  readonly positions: Variable;
  readonly visible: VisibleKeys;
  readonly slidingVisible: VisibleKeys;
  /** Where all sequences have one length and no window: the length, and the causal mask of one. */
  readonly uniform: { readonly length: number; readonly mask: Variable } | null;
  /** The dropout mask of a group's input [in,T], or null without dropout. */
  readonly dropoutMask: (layer: number, group: number, inFeatures: number) => Variable | null;
}

export interface Network {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  /** Null where there is no adapter. */
  readonly lora: LoraParameters | null;
  readonly loraScale: number;
  readonly operations: OperationSet;
  /** For weights that are trained themselves; null where all are frozen. */
  readonly trained: TrainedOperations | null;
  readonly keyValueType: number;
  /** Queries per block, where attention works in blocks of queries with masks. */
  readonly attentionBlock: number;
}

/** A norm whose weight is frozen or trained. */
export function applyNorm(tape: Tape, network: Network, x: Variable, weight: Variable): Variable {
  const epsilon = network.config.rmsEpsilon;
  return network.trained === null
    ? tape.apply1(network.operations.rmsNorm, [x], { epsilon, weight })
    : tape.apply1(network.trained.norm, [x, weight], { epsilon });
}

/** The residual stream after the last layer, [d,T]. `checkpointing` recomputes each layer on the way back. */
export function forward(tape: Tape, network: Network, inputs: ForwardInputs, checkpointing: boolean): Variable {
  const { config, operations } = network;
  let x = inputs.embedded;
  if (config.embeddingScale !== 1) x = tape.apply1(operations.scale, [x], { factor: config.embeddingScale });
  tape.builder.expand(x);
  network.weights.layers.forEach((layer, index) => {
    const body = (t: Tape, input: Variable): Variable => decoderLayer(t, network, inputs, layer, index, input);
    // The last layer's values are needed again at once: recomputing them would save nothing.
    x = checkpointing && index < config.layers - 1 ? tape.checkpoint(x, body) : tape.builder.expand(body(tape, x));
  });
  return x;
}

function decoderLayer(
  tape: Tape,
  network: Network,
  inputs: ForwardInputs,
  layer: LayerWeights,
  index: number,
  x: Variable,
): Variable {
  const { config, operations } = network;
  const tokens = x.shape[1];
  const norm = (v: Variable, weight: Variable | null): Variable =>
    weight === null ? v : applyNorm(tape, network, v, weight);
  const linears = (v: Variable, group: number): readonly Variable[] =>
    applyGroup(tape, network, inputs, layer, index, group, v);

  const [q, k, v] = linears(norm(x, layer.attentionNorm), 0) as [Variable, Variable, Variable];
  const perHead = (a: Variable, heads: number): Variable =>
    tape.apply1(operations.reshape, [a], { shape: [config.headDim, heads, tokens] });
  const sliding = config.isSliding[index] === true;
  const rotated = (a: Variable): Variable =>
    tape.apply1(operations.rope, [a, inputs.positions], ropeSettings(network, sliding));
  const heads = [
    rotated(norm(perHead(q, config.heads), layer.queryNorm)),
    rotated(norm(perHead(k, config.kvHeads), layer.keyNorm)),
    perHead(v, config.kvHeads),
  ];
  const scores = { scale: config.attentionScale, softcap: config.attnLogitSoftcap };
  const attended =
    network.trained?.attention && inputs.uniform !== null
      ? tape.apply1(network.trained.attention, heads, { ...scores, ...inputs.uniform })
      : tape.apply1(operations.attention, heads, {
          ...scores,
          visible: sliding ? inputs.slidingVisible : inputs.visible,
          keyValueType: network.keyValueType,
        });
  const [projected] = linears(attended, 1) as [Variable];
  const middle = tape.apply1(operations.add, [x, norm(projected, layer.postAttentionNorm)], null);

  const [gate, up] = linears(norm(middle, layer.feedForwardNorm), 2) as [Variable, Variable];
  const activated = tape.apply1(usesGelu(config) ? operations.geglu : operations.swiglu, [gate, up], null);
  const [down] = linears(activated, 3) as [Variable];
  return tape.apply1(operations.add, [middle, norm(down, layer.postFeedForwardNorm)], null);
}

/** The linear layers of one group, adapted ones first for the operation, results in the group's own order. */
function applyGroup(
  tape: Tape,
  network: Network,
  inputs: ForwardInputs,
  layer: LayerWeights,
  layerIndex: number,
  groupIndex: number,
  x: Variable,
): readonly Variable[] {
  const { lora, operations, trained } = network;
  const names = linearGroups[groupIndex]!;
  if (trained !== null) {
    const weights = names.map((name) => layer.linears[name].weight);
    const results = tape.apply(trained.linears, [x, ...weights], { rounded: !network.weights.exact });
    return names.map((name, i) => withBias(tape, network, results[i]!, layer, name));
  }
  const adapted = lora?.group(layerIndex, groupIndex);
  const ups = names.flatMap((name) => adapted?.ups.get(name) ?? []);
  const outputs = tape.apply(operations.linears, adapted === undefined ? [x] : [x, adapted.down, ...ups], {
    projections: names.map((name) => ({ ...layer.linears[name], adapted: adapted?.ups.has(name) ?? false })),
    scale: network.loraScale,
    dropoutMask: adapted === undefined ? null : inputs.dropoutMask(layerIndex, groupIndex, x.shape[0]),
  });
  return names.map((name, i) => withBias(tape, network, outputs[i]!, layer, name));
}

function withBias(tape: Tape, network: Network, y: Variable, layer: LayerWeights, name: LinearName): Variable {
  const { bias } = layer.linears[name];
  return bias === null ? y : tape.apply1(network.trained?.bias ?? network.operations.addBias, [y, bias], null);
}

function ropeSettings({ config, weights }: Network, sliding: boolean): RopeSettings {
  return {
    dimensions: config.ropeDimensions,
    mode: config.ropeMode === 'neox' ? ropeMode.neox : ropeMode.norm,
    base: sliding ? config.ropeBaseLocal : config.ropeBase,
    frequencyScale: 1 / (sliding ? config.ropeScaleLinearLocal : config.ropeScaleLinear),
    frequencyFactors: weights.ropeFactors,
    originalContext: config.contextLength,
  };
}

function usesGelu(config: ModelConfig): boolean {
  return config.architecture.startsWith('gemma');
}
