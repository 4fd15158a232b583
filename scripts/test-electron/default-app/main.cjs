// What a bare Electron runs: it loads the app whose folder is the first argument that is no option.
const { app } = require('electron');
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

const given = process.argv.slice(1).find((each) => !each.startsWith('-'));
const folder = resolve(given ?? '.');
try {
  const { name, productName, version, main } = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8'));
  app.setName(productName ?? name);
  app.setVersion(version);
  app.setAppPath(folder);
  process.defaultApp = true;
  // At once: what an app sets before Electron is ready comes too late in a module that loads by and by.
  require(resolve(folder, main));
} catch (error) {
  console.error(`The app in ${folder} could not be loaded:`, error);
  app.exit(1);
}
