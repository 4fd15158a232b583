import path from 'node:path';
import { importFiles } from '../../main/services/importing/import-files.ts';

/** Run as a program: imports a file and prints what came of it and the most memory the process held. */
const [file = '', folder = ''] = process.argv.slice(2);
const outcome = await importFiles([file], { outPath: path.join(folder, 'memory-out.jsonl'), examine: false }).then(
  ({ examples, rejectedCount }) => `${examples} examples, ${rejectedCount} rejected`,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
process.stdout.write(JSON.stringify({ outcome, peakBytes: process.resourceUsage().maxRSS * 1024 }));
