import type { ShrinkChoice, ShrinkState } from '#common/contract/app/shrinking.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { words } from '../../copy/index.ts';
import { bytes, loss } from '../../ui/format.ts';
import { Menu } from '../../ui/Menu.tsx';
import { Meter } from '../../ui/Meter.tsx';

interface TableProps {
  readonly state: ShrinkState;
  readonly chosen: QuantType | null;
  readonly toMake: readonly QuantType[];
  readonly busy: boolean;
  onChoose(quant: QuantType): void;
  onTick(quant: QuantType): void;
  onDelete(choice: ShrinkChoice): void;
}

export function SizeTable({ state, chosen, toMake, busy, onChoose, onTick, onDelete }: TableProps) {
  return (
    <table className="table sz">
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">{words.shrink.choose}</span>
          </th>
          <th scope="col">{words.shrink.size}</th>
          <th scope="col" className="num">
            {words.shrink.disk}
          </th>
          <th scope="col">{words.shrink.right}</th>
          <th scope="col" className="num hide-narrow">
            {words.shrink.loss}
          </th>
          <th scope="col">{words.shrink.state}</th>
        </tr>
      </thead>
      <tbody>
        {state.whole !== null && (
          <tr>
            <td />
            <th scope="row" className="dim">
              {words.shrink.whole}
            </th>
            <td />
            <td>
              <Right passed={state.whole.passed} of={state.whole.of} best={bestOf(state)} />
            </td>
            <td className="num hide-narrow">{loss(state.whole.loss)}</td>
            <td />
          </tr>
        )}
        {state.choices.map((choice) => (
          <SizeRow
            key={choice.quant}
            choice={choice}
            state={state}
            chosen={choice.quant === chosen}
            ticked={toMake.includes(choice.quant)}
            busy={busy}
            onChoose={() => onChoose(choice.quant)}
            onTick={() => onTick(choice.quant)}
            onDelete={() => onDelete(choice)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly choice: ShrinkChoice;
  readonly state: ShrinkState;
  readonly chosen: boolean;
  readonly ticked: boolean;
  readonly busy: boolean;
  onChoose(): void;
  onTick(): void;
  onDelete(): void;
}

function SizeRow({ choice, state, chosen, ticked, busy, onChoose, onTick, onDelete }: RowProps) {
  const [name, precision] = words.shrink.names[choice.quant];
  const id = `quant-${choice.quant}`;
  const { made, report } = choice;
  return (
    <tr className={chosen ? 'sel' : undefined}>
      <td>
        <input type="radio" name="quant" id={id} checked={chosen} onChange={onChoose} />
      </td>
      <th scope="row">
        <label htmlFor={id}>{name}</label>{' '}
        <span className="tiny faint">{precision === choice.quant ? precision : `${precision}, ${choice.quant}`}</span>{' '}
        {state.recommended === choice.quant && <span className="badge good">{words.shrink.suggested}</span>}
      </th>
      <td className="num">
        {made === null ? (
          <span className="dim">{words.shrink.estimate(bytes(choice.bytes))}</span>
        ) : (
          <b className="strong">{bytes(choice.bytes)}</b>
        )}
      </td>
      <td>
        <Right passed={report?.passed} of={report?.of} best={bestOf(state)} />
      </td>
      <td className="num hide-narrow">{report === null ? '–' : loss(report.loss)}</td>
      <td>
        <span className="row size-state">
          <Standing choice={choice} state={state} ticked={ticked} busy={busy} name={name} onTick={onTick} />
          {made !== null && !busy && (
            <Menu
              label={words.shrink.moreFor(name)}
              items={[{ label: words.shrink.deleteFile(bytes(made.bytes)), danger: true, run: onDelete }]}
            />
          )}
        </span>
      </td>
    </tr>
  );
}

interface StandingProps {
  readonly choice: ShrinkChoice;
  readonly state: ShrinkState;
  readonly ticked: boolean;
  readonly busy: boolean;
  readonly name: string;
  onTick(): void;
}

/** What is happening with a size, or what was done; else the tick that has it made. */
function Standing({ choice, state, ticked, busy, name, onTick }: StandingProps) {
  const work = state.work?.quant === choice.quant ? state.work : null;
  if (work !== null) {
    const doing = words.shrink[work.doing];
    return (
      <>
        <span className="w96">
          <Meter label={`${doing} ${name}`} value={work.total === 0 ? null : (work.completed / work.total) * 100} />
        </span>
        <span className="small">{doing}</span>
      </>
    );
  }
  if (state.waiting.includes(choice.quant)) return <span className="small dim">{words.shrink.waiting}</span>;
  if (choice.report !== null && choice.made !== null) {
    return <span className="badge good">{words.shrink.measured}</span>;
  }
  const standing =
    choice.report !== null ? words.shrink.deleted : choice.made === null ? words.shrink.notMade : words.shrink.made;
  return (
    <label className="row small dim">
      <input type="checkbox" checked={ticked} disabled={busy} onChange={onTick} aria-label={words.shrink.pick(name)} />
      {standing}
    </label>
  );
}

/** Most right answers that any version has: what a bar is measured by in colour. */
function bestOf({ whole, choices }: ShrinkState): number {
  return Math.max(0, whole?.passed ?? 0, ...choices.map(({ report }) => report?.passed ?? 0));
}

/** Shares of the best that are told apart by colour; the number beside says it too. */
const nearlyAll = 0.95;
const most = 0.75;

function Right({
  passed,
  of,
  best,
}: {
  readonly passed: number | undefined;
  readonly of: number | undefined;
  readonly best: number;
}) {
  if (passed === undefined || of === undefined || of === 0) return <span className="faint">–</span>;
  const share = best === 0 ? 1 : passed / best;
  const colour = share >= nearlyAll ? 'var(--accent)' : share >= most ? 'var(--ink-3)' : 'var(--danger)';
  return (
    <span className="row">
      <span className="w96">
        <Meter
          kind="picture"
          label={words.shrink.right}
          text={words.runs.passedOf(passed, of)}
          value={(passed / of) * 100}
          colour={colour}
        />
      </span>
      <span className="small nowrap">{words.runs.passedOf(passed, of)}</span>
    </span>
  );
}
