/** What a service says of itself on its first day; the rest is for its owners to write. */
export function readmeFor(name: string, domains: readonly string[]): string {
  const many = domains.length === 1 ? 'domain' : 'domains';
  const has = domains.length === 0 ? 'It has no domain yet.' : `It has the ${many} ${domains.join(' and ')}.`;
  return `# ${name}

A service on Apache Kafka, made from TSDev Kit. ${has} You need Node.js 20.19 or newer, npm and make.

## Run it

<!-- run: background ready: http://localhost:8080/readyz needs: brokers -->
\`\`\`sh
make run
\`\`\`

<!-- needs: brokers -->
\`\`\`sh
curl --fail --silent localhost:8080/readyz
\`\`\`

answers \`{"status":"pass"}\`. All tests:

<!-- run: elsewhere -->
\`\`\`sh
make test
\`\`\`

<!-- only: devbroker -->
Without further settings it uses an embedded broker; \`KAFKA_BROKERS=host:9092\` makes it use Apache Kafka.
<!-- end: devbroker -->
<!-- without: devbroker
It connects to the brokers at \`KAFKA_BROKERS\`, by default to 127.0.0.1:9092, where \`make kafka\` starts one.
-->

All settings are in [docs/configuration.md](docs/configuration.md), and \`make help\` lists all commands.

| URL | what is there |
|---|---|
| \`/docs\`, \`/openapi.json\` | the API, for people and for programs |
| \`/livez\`, \`/readyz?verbose\`, \`/startupz\` | probes |
| \`/metrics\` | metrics for Prometheus |
| \`/v1/kafka/status\` | the Kafka clients of this instance, for operators |

## Make it yours

<!-- unless: internal/entity/order_event.ts -->
\`\`\`sh
make new EVENT=order.placed DOMAIN=orders
make new USECASE=place_order DOMAIN=orders
make new ROUTE='POST /orders' DOMAIN=orders
make new USECASE=bill_order ON=order.placed DOMAIN=orders
make new ROUTE='GET /orders/{id}' DOMAIN=orders
\`\`\`

Each command shows what it writes; what it writes compiles and is tested. Then say in
\`internal/entity/order_event.ts\` what an order's event holds, in \`test/service/orders/examples.ts\` an example of it,
and in \`internal/usecase/orders/\` what happens.

- [docs/adding_an_event.md](docs/adding_an_event.md): what these commands write, step by step
- [docs/architecture.md](docs/architecture.md): who may import whom, and how an event travels
- [docs/testing.md](docs/testing.md), [docs/operations.md](docs/operations.md),
  [docs/configuration.md](docs/configuration.md)
`;
}
