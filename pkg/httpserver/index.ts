export { HttpServer, type HttpServerOptions } from './http_server.js';
