import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { rmSync } from 'node:fs';
import { Program, temporaryFolder } from '../support/program.js';

/** The page at /docs as a newcomer meets it, in a browser that holds the page to its security headers. */
describe('the documentation in a browser', function () {
  this.timeout(60_000);
  let dataDir: string;
  let app: Program;
  let browser: Browser;
  let page: Page;
  /** What the browser complains of. */
  const complaints: string[] = [];

  before(async () => {
    dataDir = temporaryFolder();
    app = new Program('cmd/app/main', { env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty' }, dataDir });
    await app.shows(/is ready/);
    const [, url] = await app.shows(/HTTP\s+(http:\/\/[^/\s]+)/);
    browser = await chromium.launch({
      executablePath: process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium',
      // As root in a container there is no sandbox to be had; the only page is our own.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${String(url)}/docs`);
  });

  after(async () => {
    await browser.close();
    app.kill('SIGTERM');
    await app.exit();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('lists the operations, without a word of complaint from the browser', async () => {
    await page.locator('.opblock-summary-path', { hasText: '/kafka/status' }).first().waitFor();
    expect(await page.locator('.opblock').count()).to.be.greaterThan(10);
    expect(complaints).to.deep.equal([]);
  });

  it('sends a request from the page and shows its answer', async () => {
    const path = '/kafka/producer/enable';
    const operation = page.locator('.opblock-post', { has: page.getByText(path, { exact: true }) });
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table');
    await answer.getByText('200', { exact: true }).waitFor();
    const shown = await answer.locator('.response-col_description pre').first().innerText();
    expect(JSON.parse(shown)).to.include({ status: 'enabled', scope: 'instance' });
    expect(complaints).to.deep.equal([]);
  });
});
