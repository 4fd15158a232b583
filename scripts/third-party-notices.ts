/**
 * Writes resources/third-party-notices.txt: the licence of everything of others that is in the packaged app, from the lockfile's
 * production dependencies, the fonts and llama.cpp. Electron brings its own list.
 *
 *   node scripts/third-party-notices.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');
export const noticesFile = path.join(root, 'resources', 'third-party-notices.txt');

/** Built into the window, though npm knows them as tools. */
const builtIn = ['@fontsource-variable/hanken-grotesk', '@fontsource-variable/jetbrains-mono'];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

interface Notice {
  readonly name: string;
  readonly license: string;
  readonly text: string;
}

/** The whole file. Throws where a package of the lockfile is not installed. */
export function thirdPartyNotices(): string {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const notices = Object.entries(lock.packages)
    .filter(([place, found]) => isShipped(place, found))
    .map(([place, found]) => noticeOf(place, found));
  const all = [...notices, llamaCpp].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const byText = Map.groupBy(all, ({ text }) => text);
  const parts = [...byText.values()].map((same) => {
    const names = [...new Set(same.map(({ name, license }) => `${name} (${license})`))];
    return `${names.join('\n')}\n\n${same[0]!.text}`;
  });
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `${[opening, ...parts].join(rule)}\n`;
}

const opening = `Tunesmith contains software and fonts of others. What follows names each, with its licence. Packages for one
system alone (their names end in it) have the licence of the package that they belong to.`;

/** A part for one system is covered by the package that it belongs to, and is not installed everywhere. */
function isShipped(place: string, { dev, devOptional, os, cpu }: LockedPackage): boolean {
  if (!place.startsWith('node_modules/')) return false;
  if (builtIn.includes(place.slice('node_modules/'.length))) return true;
  return dev !== true && devOptional !== true && os === undefined && cpu === undefined;
}

function noticeOf(place: string, { version = '', license }: LockedPackage): Notice {
  const folder = path.join(root, place);
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-][\w.-]*)?$/i.test(file));
  const texts = files.toSorted().map((file) => tidy(readFileSync(path.join(folder, file), 'utf8')));
  const named = license ?? 'see below';
  const text = texts.length > 0 ? texts.join('\n\n') : withoutFile(folder, named);
  return { name: `${name} ${version}`, license: named, text };
}

/** The package holds no text: what its description says, and where it comes from. */
function withoutFile(folder: string, license: string): string {
  const description = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly author?: string | { readonly name?: string };
    readonly homepage?: string;
    readonly repository?: string | { readonly url?: string };
  };
  const { author, homepage, repository } = description;
  const by = typeof author === 'string' ? author : author?.name;
  const from = typeof repository === 'string' ? repository : (repository?.url ?? homepage);
  const facts = [by === undefined ? '' : `By ${by}.`, from === undefined ? '' : `From ${from}.`].filter(Boolean);
  return [`Licensed under ${license}; the package holds no text of it.`, ...facts].join('\n');
}

function tidy(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

/** Its libraries come inside node-llama-cpp's packages, which do not repeat its licence. */
const llamaCpp: Notice = {
  name: 'llama.cpp and ggml',
  license: 'MIT',
  text: `MIT License

Copyright (c) 2023-2026 The ggml authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(noticesFile, thirdPartyNotices());
