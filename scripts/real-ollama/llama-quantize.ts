/**
 * Stands in for the llama-quantize program that Ollama 0.34 runs on every model that is created, as
 * `llama-quantize --allow-requantize IN OUT COPY`: llama.cpp reads the file and writes it again, so a file that llama.cpp
 * cannot read is refused and the stored file's digest differs from the uploaded one's. The same function of the same library
 * does it here. Quantizing to another type is not needed by any test, and refused.
 */
import { llama } from '#engine/native/llama.ts';

const [input, output, type] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (input === undefined || output === undefined || type !== 'COPY') {
  process.stderr.write('This stand-in for llama-quantize only copies: llama-quantize IN OUT COPY\n');
  process.exit(2);
}
const api = llama();
const failed = api.quantize(input, output, { ...api.quantizeDefaults(), only_copy: true });
if (failed !== 0) process.stderr.write(`llama.cpp cannot read ${input}\n`);
process.exit(failed === 0 ? 0 : 1);
