import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { errors } from '../../renderer/copy/errors.ts';
import { chooseLanguage, language, words } from '../../renderer/copy/index.ts';
import { disguise } from '../../renderer/copy/pseudo.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Attributes whose value a person sees or hears. */
const seen = new Set([
  'title',
  'alt',
  'placeholder',
  'label',
  'hint',
  'lede',
  'aria-label',
  'aria-valuetext',
  'aria-description',
]);

/** Names of data that are handed to a function, not shown. */
const data = new Set(['user', 'assistant', 'system']);

/** Texts with letters that stand in the component itself: `file:line: text`. */
function literalTexts(file: string, text = readFileSync(file, 'utf8')): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const add = (node: ts.Node, words: string): void => {
    if (!/\p{L}{2}/u.test(words) || data.has(words)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path.relative(root, file)}:${line + 1}: ${words.trim()}`);
  };
  /** Texts that an expression can come to, not those that it only compares or looks up with. */
  const addValues = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) add(node, node.text);
    else if (ts.isTemplateExpression(node)) {
      add(node, [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '));
    } else if (ts.isConditionalExpression(node)) {
      addValues(node.whenTrue);
      addValues(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      const givesRight = [
        ts.SyntaxKind.AmpersandAmpersandToken,
        ts.SyntaxKind.BarBarToken,
        ts.SyntaxKind.QuestionQuestionToken,
        ts.SyntaxKind.PlusToken,
      ].includes(kind);
      if (givesRight) addValues(node.right);
      if (givesRight && kind !== ts.SyntaxKind.AmpersandAmpersandToken) addValues(node.left);
    } else if (ts.isParenthesizedExpression(node)) addValues(node.expression);
    else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) node.arguments.forEach(addValues);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) add(node, node.text);
    if (ts.isJsxAttribute(node) && seen.has(node.name.getText()) && node.initializer !== undefined) {
      if (ts.isStringLiteral(node.initializer)) add(node, node.initializer.text);
      else if (ts.isJsxExpression(node.initializer) && node.initializer.expression)
        addValues(node.initializer.expression);
    }
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) && node.expression) addValues(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('every word on screen comes from renderer/copy', () => {
  test('no component holds a text of its own', () => {
    const files = globSync('renderer/**/*.tsx', { cwd: root }).map((file) => path.join(root, file));
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap((file) => literalTexts(file))).toEqual([]);
  });

  test('the search finds each way in which a text can hide', () => {
    const planted = `const a = (n: number, kind: string) => (
      <Field title="One word" hint={n > 1 ? 'Two words' : \`\${n} Three\`} className="not this">
        Four words {kind === 'neither this' && 'Five words'} {plural(n, 'six', 'sixes')} {n} · {kind ?? 'seven'}
      </Field>
    );`;
    expect(literalTexts(path.join(root, 'planted.tsx'), planted).map((line) => line.split(': ')[1])).toEqual([
      'One word',
      'Two words',
      'Three',
      'Four words',
      'Five words',
      'six',
      'sixes',
      'seven',
    ]);
  });
});

test('every error says what happened and what to do next, in sentences', () => {
  for (const [code, { title, next }] of Object.entries(errors)) {
    expect(title, code).toMatch(/^\p{Lu}.*[^.!]$/u);
    expect(next, code).toMatch(/^\p{Lu}.*\.$/u);
  }
});

test('another language is chosen by its tag before anything is drawn; an unknown one falls back to English', async () => {
  await chooseLanguage(['tlh', 'en-GB']);
  expect([language, words.shell.settings]).toEqual(['en', 'Settings']);
  await chooseLanguage(['x-pseudo']);
  expect([language, words.shell.settings]).toEqual(['x-pseudo', disguise('Settings')]);
  expect(words.home.runNumber(3)).toContain('⟦');
  expect(words.locale).toBe('en');
  await chooseLanguage(['fr']);
  expect(language).toBe('en');
});
