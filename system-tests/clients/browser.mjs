// A Chromium to test with: one that is installed, else the one that the package @sparticuz/chromium carries.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const INSTALLED = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const UNPACKED = fileURLToPath(new URL('../target/chromium/', import.meta.url));

/** Unpacks the packaged browser, which needs no more of the system than a C library: {path, env}. */
async function packaged() {
  // Its package unpacks into the folder for temporary files and takes what lies there for complete; ours goes with `mvn clean`.
  mkdirSync(UNPACKED, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = UNPACKED;
  try {
    const { default: pack, inflate } = await import('@sparticuz/chromium');
    const path = await pack.executablePath();
    const bin = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');
    const env = { ...process.env, FONTCONFIG_PATH: existsSync('/etc/fonts/fonts.conf') ? '/etc/fonts' : join(UNPACKED, 'fonts') };
    if (lacksLibraries(path)) {
      env.LD_LIBRARY_PATH = join(await inflate(join(bin, 'al2023.tar.br')), 'lib');
    }
    return { path, env };
  } finally {
    if (before === undefined) {
      delete process.env.TMPDIR;
    } else {
      process.env.TMPDIR = before;
    }
  }
}

/** The libraries of NSS come with many systems, and where they do the system's own are the better match. */
function lacksLibraries(path) {
  const { stdout, status } = spawnSync('ldd', [path], { encoding: 'utf8' });
  return status !== 0 || stdout.includes('not found');
}

/** Starts a headless browser; the caller closes it. */
export async function launchBrowser() {
  const installed = INSTALLED.find(path => path && existsSync(path));
  const { path, env } = installed ? { path: installed, env: process.env } : await packaged();
  return chromium.launch({ executablePath: path, env: { ...env, TMPDIR: process.env.TMPDIR ?? '/tmp' }, args: ['--no-sandbox'] });
}
