import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editSimilarity, formatCheckSpec, judge, parseCheckSpec, type TextCheck } from './check.ts';
import { formatCommand, splitCommand } from './command-words.ts';
import type { CheckSpec } from './recipe.ts';

const passes = (kind: TextCheck['kind'], expected: string, answer: string) =>
  judge({ kind }, { prompt: '', expected, answer }).passed;

describe('--check SPEC', () => {
  test('reads every kind', () => {
    expect(parseCheckSpec('similar')).toEqual({ kind: 'similar' });
    expect(parseCheckSpec(' exact ')).toEqual({ kind: 'exact' });
    expect(parseCheckSpec('regex:^a:b$')).toEqual({ kind: 'regex', pattern: '^a:b$' });
    expect(parseCheckSpec('command:blop --check "my file.blop"')).toEqual({
      kind: 'command',
      program: 'blop',
      args: ['--check', 'my file.blop'],
    });
  });

  test.each(['', 'similarly', 'similar:0.8', 'regex:', 'regex:(', 'command:', 'command:  ', 'command:"a'])(
    'refuses %j in words',
    (text) => {
      expect(() => parseCheckSpec(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
    },
  );

  test('what is written can be read again', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom("it's", 'a "b"', 'C:\\tools\\', '\\', '', ' ', "''", 'x\ny'));
    const spec = fc.oneof(
      fc.constantFrom<CheckSpec['kind']>('similar', 'exact', 'contains', 'json').map((kind) => ({ kind }) as CheckSpec),
      fc.constantFrom('^\\d+$', 'a|b', 'x y').map((pattern): CheckSpec => ({ kind: 'regex', pattern })),
      fc
        .tuple(
          word.filter((text) => text !== ''),
          fc.array(word),
        )
        .map(([program, args]): CheckSpec => ({ kind: 'command', program, args })),
    );
    fc.assert(
      fc.property(spec, (each) => {
        expect(parseCheckSpec(formatCheckSpec(each))).toEqual(each);
      }),
    );
  });
});

describe('command words', () => {
  test('quotes and backslashes', () => {
    expect(splitCommand(String.raw`a 'b c' "d \"e\"" f\ g 'h'"i"j ''`)).toEqual([
      'a',
      'b c',
      'd "e"',
      'f g',
      'hij',
      '',
    ]);
    expect(splitCommand(String.raw`C:\tools\x.exe "C:\my files\a.txt" \\server\share`)).toEqual([
      String.raw`C:\tools\x.exe`,
      String.raw`C:\my files\a.txt`,
      String.raw`\\server\share`,
    ]);
    expect(splitCommand('  ')).toEqual([]);
  });

  test('plain words stay plain', () => {
    expect(formatCommand(['node', '--check', 'a.js'])).toBe('node --check a.js');
  });
});

describe('similar', () => {
  test('forgives one character in ten and white space', () => {
    expect(passes('similar', 'The answer is forty two.', 'The answer is  forty-two.\n')).toBe(true);
    expect(passes('similar', '0123456789', '012345678x')).toBe(true);
    expect(passes('similar', '0123456789', '01234567xx')).toBe(false);
    expect(passes('similar', 'Paris', 'Lyon')).toBe(false);
    expect(passes('similar', '', ' ')).toBe(true);
    expect(passes('similar', 'something', '')).toBe(false);
  });

  test('says how far off an answer is', () => {
    expect(judge({ kind: 'similar' }, { prompt: '', expected: 'abcde', answer: 'abcxx' }).why).toMatch(/60 %.*90 %/);
  });

  test('an accent counts the same however it is written', () => {
    expect(passes('exact', 'caf\u00e9', 'cafe\u0301')).toBe(true);
  });

  test('similarity is between 0 and 1, 1 for equals, the same both ways', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const similarity = editSimilarity(a, b);
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
        expect(editSimilarity(b, a)).toBe(similarity);
        expect(editSimilarity(a, a)).toBe(1);
      }),
    );
  });
});

describe('exact', () => {
  test('counts everything but white space at the ends and the kind of line break', () => {
    expect(passes('exact', 'a\nb', ' a\r\nb\n')).toBe(true);
    expect(passes('exact', 'a b', 'a  b')).toBe(false);
    expect(passes('exact', 'A', 'a')).toBe(false);
  });
});

describe('contains', () => {
  test('finds the expected text anywhere, lines broken anyhow', () => {
    expect(passes('contains', '42 quills', 'It costs 42\nquills today.')).toBe(true);
    expect(passes('contains', '42 quills', 'It costs 43 quills.')).toBe(false);
    expect(passes('contains', ' ', 'anything')).toBe(false);
  });
});

describe('json', () => {
  test('needs the same values, in any order of keys', () => {
    expect(passes('json', '{"a":1,"b":[1,{"c":null}]}', ' {"b":[1,{"c":null}],"a":1}\n')).toBe(true);
    expect(passes('json', '{"a":1}', '{"a":1,"b":2}')).toBe(false);
    expect(passes('json', '{"a":[1,2]}', '{"a":[2,1]}')).toBe(false);
    expect(passes('json', '{"a":null}', '{"b":null}')).toBe(false);
    expect(passes('json', '[]', '{}')).toBe(false);
    expect(passes('json', '{"__proto__":1}', '{}')).toBe(false);
  });

  test('where the example is no JSON, any valid JSON will do', () => {
    expect(passes('json', 'some words', '{"a":1}')).toBe(true);
    expect(passes('json', 'some words', 'Here you are: {"a":1}')).toBe(false);
  });
});
