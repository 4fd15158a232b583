/** Draws resources/icons/*.png, icon.ico and icon.icns from the SVG files beside them, in Chromium. Run it after changing them; what it makes is committed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const folder = path.resolve(import.meta.dirname, '../resources/icons');
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (executablePath === undefined) throw new Error('It needs Chromium.');

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();

async function draw(svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>html,body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  return page.screenshot({ omitBackground: true });
}

const icon = readFileSync(path.join(folder, 'icon.svg'), 'utf8');
const drawn = new Map<number, Buffer>();
for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) {
  const png = await draw(icon, size);
  drawn.set(size, png);
  writeFileSync(path.join(folder, `icon-${size}.png`), png);
}
const tray = readFileSync(path.join(folder, 'tray-template.svg'), 'utf8');
// macOS colours images of such names by itself.
writeFileSync(path.join(folder, 'trayTemplate.png'), await draw(tray, 18));
writeFileSync(path.join(folder, 'trayTemplate@2x.png'), await draw(tray, 36));
await browser.close();
writeFileSync(path.join(folder, 'icon.ico'), ico([16, 32, 48, 64, 256]));
writeFileSync(
  path.join(folder, 'icon.icns'),
  icns({ ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 }),
);

/** Windows' container: a table of 16 bytes an image, then the PNGs (as it allows since Vista). */
function ico(sizes: readonly number[]): Buffer {
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let at = head.length;
  sizes.forEach((size, index) => {
    const png = drawn.get(size) as Buffer;
    const entry = 6 + 16 * index;
    // 0 stands for 256.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += png.length;
  });
  return Buffer.concat([head, ...sizes.map((size) => drawn.get(size) as Buffer)]);
}

/** macOS' container: after the head, each PNG behind its four letters and its length. */
function icns(kinds: Readonly<Record<string, number>>): Buffer {
  const parts = Object.entries(kinds).flatMap(([kind, size]) => {
    const png = drawn.get(size) as Buffer;
    const head = Buffer.alloc(8);
    head.write(kind, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return [head, png];
  });
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  return Buffer.concat([head, ...parts]);
}
