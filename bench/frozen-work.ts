/** Floating-point operations that one training step spends on frozen weights, by the type they are multiplied in. */
import { linearNames } from '#common/domain/recipe.ts';
import { linearTensorName } from '#engine/gguf/tensors.ts';
import { gradientPasses } from '#engine/model/lora-parameters.ts';
import { requireTensor, type ModelSource } from '#engine/model/model-source.ts';
import { backwardType } from '#engine/model/weight-types.ts';

export interface StepShape {
  readonly tokens: number;
  /** Rows that go through the head. */
  readonly scored: number;
  readonly checkpointing: boolean;
}

/** FLOP by ggml type id. A product [in,out] x [in,T] is 2·in·out·T. */
export function frozenWork(source: ModelSource, { tokens, scored, checkpointing }: StepShape): Map<number, number> {
  const work = new Map<number, number>();
  const add = (type: number, flop: number): void => void work.set(type, (work.get(type) ?? 0) + flop);
  const { config } = source;
  for (let layer = 0; layer < config.layers; layer++) {
    const forwardPasses = checkpointing && layer < config.layers - 1 ? 2 : 1;
    for (const linear of linearNames) {
      const { type, shape } = requireTensor(source, linearTensorName(layer, linear));
      const flop = 2 * shape[0]! * shape[1]! * tokens;
      add(type, flop * forwardPasses);
      if (gradientPasses(linearNames, layer, linear)) add(backwardType(type, shape[1]!), flop);
    }
  }
  const head = requireTensor(source, config.tiedEmbeddings ? 'token_embd.weight' : 'output.weight');
  const flop = 2 * head.shape[0]! * head.shape[1]! * scored;
  add(head.type, flop);
  add(backwardType(head.type, head.shape[1]!), flop);
  return work;
}
