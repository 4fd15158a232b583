import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process below `pid`, however deep (Linux). */
export function descendantsOf(pid: number): readonly ProcessLine[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processLine(Number(name)));
  const found: ProcessLine[] = [];
  const below = new Set([pid]);
  // A child can have a smaller id than its parent once ids have wrapped: until nothing new is found.
  for (let before = -1; before !== found.length;) {
    before = found.length;
    for (const line of all) {
      if (below.has(line.pid) || !below.has(line.parent)) continue;
      below.add(line.pid);
      found.push(line);
    }
  }
  return found;
}

export function isAlive(pid: number): boolean {
  const [line] = processLine(pid);
  return line !== undefined;
}

function processLine(pid: number): readonly ProcessLine[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything: the fields after the last one count.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return [{ pid, parent: Number(parent), command }];
  } catch {
    return [];
  }
}
