import { describe, expect, test } from 'vitest';
import { chooseColumns } from './columns.ts';

const rows = (...cells: readonly (readonly string[])[]) => ({
  of: (...names: readonly string[]) =>
    cells.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
});

describe('chooseColumns', () => {
  const three = rows(['What is it about?', 'A longer answer to it.', '7'], ['Another question', 'And its answer', '8']);

  test.each([
    [['question', 'answer', 'id'], 'question', 'answer'],
    [['Prompt Text', 'Model Output', 'id'], 'Prompt Text', 'Model Output'],
    [['Pregunta', 'Respuesta', 'n'], 'Pregunta', 'Respuesta'],
    [['Q', 'A', 'n'], 'Q', 'A'],
    [['in', 'out', 'n'], 'in', 'out'],
    [['title', 'body', 'score'], 'title', 'body'],
    [['foo', 'réponse', 'n'], 'foo', 'réponse'],
    [['x', 'y', 'n'], 'x', 'y'],
  ])('%j: %s and %s', (names, question, answer) => {
    expect(chooseColumns(names, three.of(...names))?.columns).toMatchObject({ question, answer });
  });

  test('an empty column with a good name loses to a filled one', () => {
    const names = ['question', 'answer', 'response'];
    const filled = rows(['a b c', '', 'x y'], ['d e f', '', 'z z']).of(...names);
    expect(chooseColumns(names, filled)?.columns.answer).toBe('response');
  });

  test('says nothing rather than guess wildly', () => {
    expect(chooseColumns(['name', 'version'], rows(['x', '1.0']).of('name', 'version'))).toBeUndefined();
    const names = ['alpha', 'beta', 'gamma'];
    expect(chooseColumns(names, rows(['a b', 'c d', 'e f'], ['g h', 'i j', 'k l']).of(...names))).toBeUndefined();
  });
});
