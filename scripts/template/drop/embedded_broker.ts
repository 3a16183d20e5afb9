import { Node, Project, type SourceFile, SyntaxKind } from 'ts-morph';
import { parseDocument } from 'yaml';
import { groupOf, schemaRoot } from '../config_keys.js';
import { type Plan } from '../plan.js';
import { removeUnused } from '../prune.js';

const CONTAINER = 'internal/app/container.ts';
/** Who says whether a broker may be started, and tells those who may not. */
const CALLERS = [CONTAINER, 'internal/app/run.ts', 'internal/app/operator_tools.ts'];
const OPTION = 'mayStartBroker';
const LAYERS = '.dependency-cruiser.cjs';
const LAYERS_TEST = 'test/lint/layers.test.ts';
const LAYER_RULE = 'devbroker-on-node-alone';

/** Without an embedded broker, the brokers are addresses, and nobody starts one. */
export function forgetEmbeddedBroker(plan: Plan): void {
  useAddresses(plan);
  for (const file of CALLERS) {
    forgetOption(plan, file);
    forgetSentences(plan, file);
  }
  connectByAddress(plan);
  for (const file of CALLERS) removeUnused(plan.source(file));
  forgetLayerRule(plan);
}

/** By default those of `make kafka`. */
function useAddresses(plan: Plan): void {
  groupOf(schemaRoot(plan), 'KAFKA')
    ?.getPropertyOrThrow('BROKERS')
    .asKindOrThrow(SyntaxKind.PropertyAssignment)
    .setInitializer(
      `brokers
      .default(['127.0.0.1:9092'])
      .readonly()
      .meta({ description: 'Bootstrap addresses.', expected: 'host:port of each broker' })`,
    );
  const file = 'config/config.yaml';
  const document = parseDocument(plan.read(file));
  document.setIn(['KAFKA', 'BROKERS'], ['127.0.0.1:9092']);
  const group = document.getIn(['KAFKA'], true);
  // What was said of the embedded broker stood above the first key.
  if (typeof group === 'object' && group !== null && 'commentBefore' in group) {
    group.commentBefore = ' host:port of one or more brokers; `make kafka` starts one.';
  }
  plan.write(file, document.toString({ lineWidth: 0 }));
}

/** Whether a broker may be started is nobody's question any more, and that none may be is no failure. */
function forgetOption(plan: Plan, file: string): void {
  const source = plan.source(file);
  for (const property of source.getDescendantsOfKind(SyntaxKind.PropertySignature)) {
    if (property.getName() === OPTION) property.remove();
  }
  for (const literal of source.getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression)) {
    literal.getProperty(OPTION)?.remove();
    const call = literal.getParentIfKind(SyntaxKind.CallExpression);
    if (!call || literal.getProperties().length > 0) continue;
    call.removeArgument(literal);
    while (call.getArguments().at(-1)?.getText() === 'undefined') {
      call.removeArgument(call.getArguments().length - 1);
    }
  }
  for (const pattern of source.getDescendantsOfKind(SyntaxKind.ObjectBindingPattern)) {
    const names = pattern.getElements().filter((element) => element.getName() !== OPTION);
    if (names.length === pattern.getElements().length) continue;
    const parameter = pattern.getParentIfKind(SyntaxKind.Parameter);
    if (names.length === 0 && parameter) parameter.remove();
    else pattern.replaceWithText(`{ ${names.map((element) => element.getText()).join(', ')} }`);
  }
  for (const choice of source.getDescendantsOfKind(SyntaxKind.ConditionalExpression)) {
    if (choice.getCondition().getText().endsWith('instanceof NotAvailable')) {
      choice.replaceWithText(choice.getWhenFalse().getText());
    }
  }
}

/** What comments say of it. */
function forgetSentences(plan: Plan, file: string): void {
  const source = plan.source(file);
  const documented = source
    .getDescendants()
    .filter((node) => Node.isFunctionDeclaration(node) || Node.isMethodDeclaration(node));
  for (const node of documented) {
    for (const doc of node.getJsDocs()) {
      const text = doc.getInnerText();
      const without = text
        .replaceAll(/\s*[^.]*\bembedded\b[^.]*\./g, '')
        .replaceAll(/@throws NotAvailable .*/g, '')
        .replaceAll(/\b(?:NotAvailable|NoBrokerRuns), /g, '')
        .trim();
      if (without === text) continue;
      const lines = without.split('\n').map((line) => ` * ${line}`.trimEnd());
      doc.replaceWithText(lines.length > 1 ? `/**\n${lines.join('\n')}\n */` : `/** ${without} */`);
    }
  }
}

/** The clients connect to what the configuration says. */
function connectByAddress(plan: Plan): void {
  const source = plan.source(CONTAINER);
  const options = source.getInterface('BuildOptions');
  if (options?.getProperties().length === 0) options.remove();
  const program = plan.source('internal/app/run.ts').getInterface('Program');
  program?.getExtends().forEach((base) => program.removeExtends(base));
  const broker = source
    .getDescendantsOfKind(SyntaxKind.VariableStatement)
    .find((statement) => statement.getText().includes('openBroker('));
  broker?.replaceWithText(`const { BROKERS } = config.KAFKA;
  const broker: BrokerHandle = { brokers: BROKERS, where: BROKERS.join(','), stop: () => Promise.resolve() };`);
}

/** What the package itself may import is a rule of its own, with a test. */
function forgetLayerRule(plan: Plan): void {
  // No TypeScript, so the plan has no tree of it.
  const layers = new Project({ useInMemoryFileSystem: true }).createSourceFile(
    'layers.ts',
    plan.read(LAYERS),
  );
  forgetElements(layers);
  plan.write(LAYERS, layers.getFullText());
  if (!plan.has(LAYERS_TEST)) return;
  const test = plan.source(LAYERS_TEST);
  forgetElements(test);
  for (const property of test.getDescendantsOfKind(SyntaxKind.PropertyAssignment)) {
    if (property.getName().startsWith("'pkg/devbroker/")) property.remove();
  }
}

/** Removes calls and lists that begin with the name of the rule from the lists that they stand in. */
function forgetElements(source: SourceFile): void {
  const named = (node: Node): boolean => {
    const [first] = Node.isCallExpression(node)
      ? node.getArguments()
      : (node.asKind(SyntaxKind.ArrayLiteralExpression)?.getElements() ?? []);
    return first?.asKind(SyntaxKind.StringLiteral)?.getLiteralText() === LAYER_RULE;
  };
  for (;;) {
    const lists = source.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression);
    const list = lists.find((one) => one.getElements().some(named));
    if (!list) return;
    list.removeElement(list.getElements().findIndex(named));
  }
}
