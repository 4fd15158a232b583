import { useEffect } from 'react';
import { takeOver } from './api/client.ts';
import { language, words } from './copy/index.ts';
import { Home } from './home/Home.tsx';
import { HomeRail } from './home/HomeRail.tsx';
import { OpenedRun } from './runs/OpenedRun.tsx';
import { RunScreen } from './runs/RunScreen.tsx';
import { RunsCompare } from './runs/RunsCompare.tsx';
import { SettingsScreen } from './settings/SettingsScreen.tsx';
import { useApp } from './state/app.ts';
import { Wizard } from './steps/Wizard.tsx';
import { Button } from './ui/Button.tsx';
import { Callout } from './ui/Callout.tsx';
import { Shortcuts } from './ui/Shortcuts.tsx';
import { Toaster } from './ui/Toaster.tsx';
import { useShortcuts } from './ui/shortcuts.ts';

export function App() {
  const { connection, loss, route, runs, drafts } = useApp();
  useShortcuts();
  useEffect(() => {
    document.documentElement.lang = language;
  }, []);
  if (connection === 'connecting' || runs === null || drafts === null) {
    return (
      <main className="starting">
        <h1 className="sr">{words.shell.name}</h1>
        {connection === 'lost' ? <Lost /> : <p role="status">{words.shell.connecting}</p>}
      </main>
    );
  }
  const bare = route.screen === 'home' && runs.length === 0 && drafts.length === 0;
  return (
    <>
      <a className="skip" href="#main" onClick={skip}>
        {words.shell.skip}
      </a>
      {/* Once it is sure that nothing can be kept, nothing can be typed either. */}
      <div className={`window ${bare ? 'no-rail' : ''}`} inert={connection === 'lost' && loss !== 'unknown'}>
        {route.screen === 'wizard' ? (
          <Wizard key={route.draft} draftId={route.draft} step={route.step} />
        ) : (
          <>
            {!bare && <HomeRail />}
            {route.screen === 'home' && <Home />}
            {route.screen === 'settings' && <SettingsScreen />}
            {route.screen === 'run' && <RunScreen key={route.run} id={route.run} />}
            {route.screen === 'runs' && <RunsCompare key={route.a + route.b} a={route.a} b={route.b} />}
          </>
        )}
      </div>
      {connection === 'lost' && (
        <div className="lost">
          <Lost />
        </div>
      )}
      <OpenedRun />
      <Toaster />
      <Shortcuts />
    </>
  );
}

function Lost() {
  const loss = useApp((state) => state.loss);
  const [title, why] = words.shell.losses[loss];
  return (
    <Callout
      kind="bad"
      title={`${title}.`}
      actions={
        loss === 'elsewhere' && (
          <Button small onClick={() => takeOver()}>
            {words.shell.useHere}
          </Button>
        )
      }
    >
      {why}
    </Callout>
  );
}

/** The address after `#` says where the window is, so the link moves the focus by itself. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
