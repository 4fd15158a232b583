/**
 * Writes tests/fixtures/reference-style.txt: 196 examples in the style of an author who keeps them by hand in one text file. The language
 * in it ("Loom", for weaving patterns) exists only here. What makes such files hard to read is all in it: several paragraphs, blank lines
 * inside an answer, indentation by tabs and by spaces, trailing spaces, `#` lines inside code, and comments that nearly
 * are labels.
 *
 *   node scripts/make-reference-style.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const referenceStyleFile = join(import.meta.dirname, '..', 'tests', 'fixtures', 'reference-style.txt');
export const referenceStyleCount = 196;

const yarns = ['red', 'navy', 'ochre', 'cream', 'moss', 'slate', 'plum', 'teal', 'rust', 'ivory', 'coal', 'sand'];
const pieces = ['scarf', 'blanket', 'ribbon', 'curtain', 'rug', 'towel', 'shawl', 'belt', 'cushion', 'runner', 'bag'];
const weaves = ['plain', 'twill', 'satin', 'basket', 'herringbone'];

/** The whole file. Every example is different; nothing is random, so that it is the same on every machine. */
export function referenceStyle(): string {
  const examples = Array.from({ length: referenceStyleCount }, (_, index) => {
    const shape = shapes[index % shapes.length] ?? simple;
    const { input, output } = shape(index);
    return `# INPUT\n${input}\n\n# OUTPUT\n${output}\n`;
  });
  return examples.join('\n');
}

interface Pair {
  readonly input: string;
  readonly output: string;
}

const pick = (words: readonly string[], index: number): string => words[index % words.length] ?? '';
const yarn = (index: number): string => pick(yarns, index * 5 + 1);
const other = (index: number): string => pick(yarns, index * 7 + 4);
const piece = (index: number): string => pick(pieces, index * 3 + 2);
const weave = (index: number): string => pick(weaves, index);
const rows = (index: number): number => 10 + ((index * 37) % 181);

function simple(index: number): Pair {
  return {
    input: `Weave a ${yarn(index)} ${piece(index)} with ${rows(index)} rows in ${weave(index)}.`,
    output: `weave ${piece(index)} {\n    yarn ${yarn(index)}\n    rows ${rows(index)}\n    pattern ${weave(index)}\n}`,
  };
}

function paragraphs(index: number): Pair {
  return {
    input:
      `My aunt has asked for a ${piece(index)}, and she is particular.\n\n` +
      `It should begin in ${yarn(index)} and end in ${other(index)}, ${rows(index)} rows of each.\n\n` +
      'Can Loom do that in one program?',
    output:
      `# first half\nweave ${piece(index)} {\n    yarn ${yarn(index)}\n    rows ${rows(index)}\n}\n\n` +
      `# second half, on the same warp\ncontinue ${piece(index)} {\n    yarn ${other(index)}\n    rows ${rows(index)}\n}`,
  };
}

function tabs(index: number): Pair {
  return {
    input: `Stripes, please: ${yarn(index)} and ${other(index)} by turns, ${2 + (index % 9)} rows each, ${rows(index)} times.`,
    output: `repeat ${rows(index)} {\n\tuse ${yarn(index)}\n\t\trows ${2 + (index % 9)}\n\n\tuse ${other(index)}\n\t\trows ${2 + (index % 9)}\n}`,
  };
}

function trailingSpaces(index: number): Pair {
  return {
    input: `How many rows has ${piece(index)} number ${index + 1}?  `,
    output: `count rows of ${piece(index)}_${index + 1}  \nprint it   \n\n  # the two blanks before this line are kept`,
  };
}

function nearlyLabels(index: number): Pair {
  return {
    input: `Read a colour from input and weave ${rows(index)} rows with it. # it may be missing, then take ${yarn(index)}`,
    output:
      `# INPUT is a colour name, or nothing\nlet colour = input or ${yarn(index)}\n\n` +
      `## output follows\n#output: rows\nweave ${rows(index)} rows in colour\n    # INPUT\t(again, for the border)\n    border input or colour`,
  };
}

function codeInInput(index: number): Pair {
  return {
    input: `What is wrong with this?\n\n    weave ${piece(index)} {\n        # ${rows(index)} rows\n        rows ${rows(index)}\n\n    yarn ${yarn(index)}`,
    output: `The brace is never closed.\n\nweave ${piece(index)} {\n    # ${rows(index)} rows\n    rows ${rows(index)}\n    yarn ${yarn(index)}\n}`,
  };
}

function explanation(index: number): Pair {
  return {
    input: `What does \`pattern ${weave(index)}\` do in row ${rows(index)} of a ${piece(index)}?`,
    output:
      `It lays the ${yarn(index)} weft as ${weave(index)} from row ${rows(index)} on.\n\n` +
      `Rows before that stay as they are:\n\n  1. the warp is not cut\n  2. the count goes on\n\n# a note: only ${other(index)} yarn needs more tension`,
  };
}

const shapes: readonly ((index: number) => Pair)[] = [
  simple,
  paragraphs,
  tabs,
  codeInInput,
  nearlyLabels,
  explanation,
  trailingSpaces,
];

// Last, because the tables above have to be there.
if (import.meta.main) writeFileSync(referenceStyleFile, referenceStyle());
