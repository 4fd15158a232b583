import type { BaseChoice } from '#common/contract/app/models.ts';
import { words } from '../../copy/index.ts';
import { bytes, count } from '../../ui/format.ts';

/** What was read from the chosen file itself. */
export function BaseFacts({ base, title }: { readonly base: BaseChoice; readonly title: string }) {
  const { info } = base;
  const facts = words.model.facts;
  const rows: readonly (readonly [string, string])[] = [
    [facts.architecture, info.architecture],
    [facts.parameters, words.model.million(millions(info.parameters / 1e6))],
    [facts.type, info.fileType],
    [facts.context, facts.tokens(count(info.contextLength))],
    [facts.template, info.chatTemplate === null ? (info.templateFamily ?? '–') : facts.ownTemplate],
    [facts.memory, bytes(base.neededBytes)],
  ];
  return (
    <section className="card pad" aria-label={words.model.factsOf(title)}>
      <h3 className="facts-title">{words.model.factsOf(title)}</h3>
      <dl className="spread">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** `0.3`, `9.8`, `1,235`: below ten the first decimal says something. */
function millions(value: number): string {
  return value < 9.95 ? String(Math.round(value * 10) / 10) : count(value);
}
