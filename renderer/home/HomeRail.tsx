import { LayoutList, Music2, Settings2 } from 'lucide-react';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { hrefOf } from '../state/route.ts';
import { Brand, RailFoot } from '../ui/Rail.tsx';

export function HomeRail() {
  const { route, drafts } = useApp();
  return (
    <nav className="rail" aria-label={words.home.projects}>
      <Brand />
      <a
        className={`rail-link ${route.screen === 'home' ? 'on' : ''}`}
        href="#/"
        aria-current={route.screen === 'home' ? 'page' : undefined}
        title={words.shell.allRuns}
      >
        <LayoutList className="icon" aria-hidden />
        {words.shell.allRuns}
      </a>
      {drafts !== null && drafts.length > 0 && (
        <>
          <div className="rail-project">
            <span>{words.home.projects}</span>
          </div>
          <ul className="rail-list">
            {drafts.slice(0, 12).map((draft) => (
              <li key={draft.id}>
                <a
                  className="rail-link"
                  href={hrefOf({ screen: 'wizard', draft: draft.id, step: draft.step })}
                  title={draft.title || words.shell.untitled}
                >
                  <Music2 className="icon" aria-hidden />
                  <span className="ellipsis">{draft.title || words.shell.untitled}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      <RailFoot>
        <a
          className={`rail-link ${route.screen === 'settings' ? 'on' : ''}`}
          href="#/settings"
          title={words.shell.settings}
        >
          <Settings2 className="icon" aria-hidden />
          {words.shell.settings}
        </a>
      </RailFoot>
    </nav>
  );
}
