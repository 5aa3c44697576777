// The development page in a real browser: two people talk, nothing is loaded from elsewhere, nothing is executed that should be shown.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';
import { startNode } from './node-process.mjs';

const SHOTS = fileURLToPath(new URL('../target/clients/', import.meta.url));

let node;
let browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  node = await startNode({ secret: null });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

/** Opens the page; what a browser complains about, a violated policy among it, is collected in `complaints`. */
async function open(options = {}) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  page.setDefaultTimeout(60_000);
  const complaints = [];
  const requests = [];
  page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', request => requests.push(request.url()));
  const response = await page.goto(`${node.http}/`);
  const people = page.locator('.person');
  return { page, response, complaints, requests, first: people.nth(0), second: people.nth(1) };
}

async function letBothIn({ page, first, second }) {
  await page.getByRole('button', { name: 'Let both in' }).click();
  for (const person of [first, second]) {
    await person.locator('.state').getByText('connected', { exact: true }).waitFor();
    await person.locator('[data-chip=on]').waitFor();
  }
}

async function say(person, text, { json = false } = {}) {
  await person.getByLabel(json ? 'JSON' : 'Text', { exact: true }).check();
  const message = person.getByLabel('Message', { exact: true });
  await message.fill(text);
  await message.press('Enter');
}

test('two people talk on one page', async () => {
  const opened = await open();
  const { page, response, complaints, requests, first, second } = opened;
  assert.match(response.headers()['content-security-policy'], /default-src 'self'/);
  await letBothIn(opened);

  await say(first, 'Hello, is anybody in?');
  await second.locator('.card').getByText('Hello, is anybody in?').waitFor();
  assert.match(await second.locator('.card footer').innerText(), /via lobby\.\*/);
  await say(second, '{"answer": 42}', { json: true });
  await first.locator('.card').getByText('"answer": 42').waitFor();
  await first.locator('.ping').getByText('ms').waitFor();

  const opener = page.locator('.frame-list summary').filter({ hasText: 'auth_success' }).first();
  await opener.click();
  await page.locator('.whole pre').getByText('"connectionId"').waitFor();
  await page.screenshot({ path: `${SHOTS}page-light.png` });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: `${SHOTS}page-dark.png` });

  assert.deepEqual(complaints, []);
  assert.deepEqual(requests.filter(url => !url.startsWith(node.http)), []);
  await page.close();
});

test('what people say is shown, never executed', async () => {
  const opened = await open();
  const { page, complaints, first, second } = opened;
  const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  await first.getByLabel('Name').fill('<b onclick=alert(3)>Eve</b>');
  await letBothIn(opened);
  await say(first, hostile);
  await say(first, JSON.stringify({ text: hostile, [hostile]: hostile }), { json: true });
  await second.locator('.card .text').getByText(hostile).waitFor();
  await second.locator('.card pre').getByText('onerror').first().waitFor();
  assert.equal(await page.locator('.person img, .person script, .card b b, .frame-list img').count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a lost line comes back with its subscriptions', async () => {
  const opened = await open();
  const { page, first, second } = opened;
  await letBothIn(opened);
  await second.getByText('Connection', { exact: true }).click();
  await second.getByRole('button', { name: 'Cut the line' }).click();
  await second.getByText(/again in/).first().waitFor();
  await second.locator('.state').getByText('connected', { exact: true }).waitFor();
  await second.locator('[data-chip=on]').waitFor();
  await say(first, 'Back again?');
  await second.locator('.card').getByText('Back again?').waitFor();
  await page.close();
});

test('a refusal is told kindly', async () => {
  const opened = await open();
  const { page, first } = opened;
  await letBothIn(opened);
  const topic = first.getByLabel('Topic or pattern to subscribe to');
  await topic.fill('user.somebody-else');
  await topic.press('Enter');
  await first.locator('.note[data-kind=error]').getByText('forbidden_subscribe').waitFor();
  await say(first, '{"never closed', { json: true });
  await first.getByRole('alert').getByText('not JSON').waitFor();
  await page.close();
});

test('the page fits a telephone', async () => {
  const opened = await open({ viewport: { width: 390, height: 844 } });
  const { page } = opened;
  await letBothIn(opened);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'no sideways scrolling');
  await page.screenshot({ path: `${SHOTS}page-narrow.png`, fullPage: true });
  await page.close();
});

async function snippet(page, title) {
  await page.getByRole('tab', { name: 'From your code' }).click();
  return page.locator('.snippet').filter({ hasText: title }).first().locator('code').innerText();
}

test('the JavaScript snippet joins the conversation', async () => {
  const opened = await open();
  const { page, second } = opened;
  await letBothIn(opened);
  const code = await snippet(page, 'JavaScript');
  await page.evaluate(`(async () => { ${code} })()`);
  await second.locator('.card').getByText('Hello from a script').waitFor();
  await page.close();
});

const noCurl = spawnSync('curl', ['--version']).error && 'curl is not installed';

test('the curl snippet publishes', { skip: noCurl }, async () => {
  const opened = await open();
  const { page, second } = opened;
  await letBothIn(opened);
  const code = await snippet(page, 'curl');
  const output = await new Promise((resolve, reject) => execFile('sh', ['-c', code], { timeout: 60_000 },
    (failure, stdout, stderr) => (failure ? reject(new Error(`${failure.message}\n${stderr}`)) : resolve(stdout))));
  await second.locator('.card').getByText('Hello from curl').waitFor()
    .catch(() => assert.fail(`the message did not arrive; the call answered ${output}`));
  await page.close();
});
