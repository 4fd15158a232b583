import type { ModelInfo } from '#common/domain/model-info.ts';
import { exportBytes } from '../export/export-bytes.ts';
import { describeModel } from '../gguf/inspect.ts';
import { readGguf } from '../gguf/read.ts';

/**
 * What can be said of a GGUF file from its header, with the sizes it can be shrunk to where it can be taught.
 * @throws TunesmithError as `readGguf`.
 */
export async function inspect(path: string): Promise<ModelInfo> {
  const file = await readGguf(path);
  const info = describeModel(file);
  return info.supported ? { ...info, exportBytes: exportBytes(file) } : info;
}
