import { stepIds, type StepId } from '#common/contract/app/drafts.ts';

/** Where the window is. Kept in the address after `#`, so that a reload and the browser's own Back work. */
export type Route =
  | { readonly screen: 'home' }
  | { readonly screen: 'settings' }
  | { readonly screen: 'wizard'; readonly draft: string; readonly step: StepId }
  | { readonly screen: 'run'; readonly run: string }
  | { readonly screen: 'runs'; readonly a: string; readonly b: string };

export function parseRoute(hash: string): Route {
  const [screen, first, second] = hash.replace(/^#?\/?/, '').split('/');
  const step = stepIds.find((id) => id === second);
  if (screen === 'draft' && first !== undefined && step !== undefined) return { screen: 'wizard', draft: first, step };
  if (screen === 'run' && first !== undefined && first !== '') return { screen: 'run', run: first };
  if (screen === 'runs' && first !== undefined && second !== undefined) return { screen: 'runs', a: first, b: second };
  if (screen === 'settings') return { screen: 'settings' };
  return { screen: 'home' };
}

export function hrefOf(route: Route): string {
  switch (route.screen) {
    case 'home':
      return '#/';
    case 'settings':
      return '#/settings';
    case 'wizard':
      return `#/draft/${route.draft}/${route.step}`;
    case 'run':
      return `#/run/${route.run}`;
    case 'runs':
      return `#/runs/${route.a}/${route.b}`;
  }
}

export function go(route: Route): void {
  window.location.hash = hrefOf(route);
}
