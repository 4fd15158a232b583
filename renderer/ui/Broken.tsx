import { Component, type ReactNode } from 'react';
import { words } from '../copy/index.ts';
import { Button } from './Button.tsx';
import { Callout } from './Callout.tsx';

/** Where drawing the window fails, words and a way on instead of nothing at all. */
export class Broken extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="starting">
        <div className="stack">
          <h1 className="sr">{words.shell.name}</h1>
          <Callout
            kind="bad"
            title={`${words.shell.broken}.`}
            actions={
              <Button small autoFocus onClick={() => window.location.reload()}>
                {words.shell.brokenAgain}
              </Button>
            }
          >
            {words.shell.brokenWhy}
          </Callout>
          <details className="small">
            <summary>{words.ui.details}</summary>
            <pre>{error instanceof Error ? error.stack : String(error)}</pre>
          </details>
        </div>
      </main>
    );
  }
}
