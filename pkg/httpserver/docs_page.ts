import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, Router } from 'express';

/** Where the parts of Swagger UI are; importing the package would load its browser bundle into this process. */
const assets = path.dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

const page = (title: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${title}</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" href="/docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="page"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/initializer.js"></script>
  </body>
</html>
`;

/** The page's own script, in a file since the security headers forbid scripts within the page. */
const initializer = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#page',
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: true,
});
`;

/** Serves an OpenAPI document at /openapi.json, and the page to read it and try it out at /docs. */
export function docsPage(document: { readonly info?: unknown }, title: string): RequestHandler {
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.get('/docs', (_request, response) => {
    response.type('html').send(page(title));
  });
  router.get('/docs/initializer.js', (_request, response) => {
    response.type('js').send(initializer);
  });
  router.use('/docs', express.static(assets, { index: false, redirect: false }));
  return router;
}
