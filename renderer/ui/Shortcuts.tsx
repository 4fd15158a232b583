import { Fragment } from 'react';
import { words } from '../copy/index.ts';
import { showShortcuts, useHelp } from '../state/help.ts';
import { Dialog } from './Dialog.tsx';
import { isMac } from './shortcuts.ts';

const copy = words.shortcuts;
const { names } = copy;
const command = isMac ? names.command : names.ctrl;
const alt = isMac ? names.option : names.alt;

/** A list of keys is pressed together; `to` stands between the ends of a row of keys. */
const groups: readonly (readonly [
  title: string,
  rows: readonly (readonly [keys: readonly string[], does: string])[],
])[] = [
  [
    copy.everywhere,
    [
      [[command, names.enter], copy.primary],
      [[alt, '←'], copy.back],
      [[alt, '→'], copy.next],
      [[command, '1', names.to, '7'], copy.step],
      [[command, '0'], copy.home],
      [[command, 'Z'], copy.undo],
      [[command, 'Y'], copy.redo],
      [['?'], copy.help],
      [[names.esc], copy.close],
    ],
  ],
  [
    copy.examples,
    [
      [[command, 'V'], copy.paste],
      [['J'], copy.down],
      [['K'], copy.up],
      [['←', '→'], copy.cell],
      [[names.enter], copy.edit],
      [['E'], copy.open],
      [[names.delete], copy.remove],
      [['/'], copy.search],
      [['←', '→'], copy.tokens],
    ],
  ],
  [
    copy.compare,
    [
      [['1', '2', '3', '4'], copy.vote],
      [['Z'], copy.unvote],
    ],
  ],
];

/** Every key of STYLE in one place; opens at `?`. */
export function Shortcuts() {
  const open = useHelp((state) => state.open);
  if (!open) return null;
  return (
    <Dialog title={copy.title} onClose={() => showShortcuts(false)}>
      <p className="small dim">{copy.why}</p>
      {groups.map(([title, rows]) => (
        <table key={title} className="shortcut-table">
          <caption>{title}</caption>
          <thead className="sr">
            <tr>
              <th scope="col">{copy.keys}</th>
              <th scope="col">{copy.does}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([keys, does]) => (
              <tr key={does}>
                <th scope="row">
                  {keys.map((key, index) => (
                    <Fragment key={key}>
                      {index > 0 && ' '}
                      {key === names.to ? key : <kbd>{key}</kbd>}
                    </Fragment>
                  ))}
                </th>
                <td>{does}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </Dialog>
  );
}
