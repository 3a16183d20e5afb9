import { Node, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { targetOf } from '../prune.js';
import { Refusal } from '../refusal.js';
import { type Domain, type KnownEvent } from './domain.js';

/**
 * @param what what is made, as in `USECASE`
 * @throws Refusal where the data of an event have a field of the name by which a caller says what it concerns
 */
export function refuseOwnId(plan: Plan, what: string, { domain, event }: EventParts): void {
  const file = domain.eventFile ?? '';
  if (!dataSchemaAt(plan, { file, node: event.data }).fields.has('id')) return;
  throw new Refusal(
    `${what}: the data of ${event.type} have a field id, by which a caller says which ${domain.one.words} it concerns: ` +
      `give it another name in ${file}, or leave it out where it is the event's aggregateId`,
  );
}

/** @throws Refusal where a route cannot take the fields of an event's data into its body */
export function refuseShapeless(plan: Plan, { domain, event }: EventParts): void {
  const file = domain.eventFile ?? '';
  if (dataSchemaAt(plan, { file, node: event.data }).isObject) return;
  throw new Refusal(
    `ROUTE: the data of ${event.type} in ${file} are no z.object, z.strictObject or .extend(…) of one, whose fields ` +
      `the route could take in: make it one, or write the route by hand in ${domain.routeFile}`,
  );
}

interface EventParts {
  domain: Domain;
  event: KnownEvent;
}

/** What can be told of the schema of an event's data without running it. */
interface DataSchema {
  /** Whether it is one object schema, so that another one can take its fields in. */
  isObject: boolean;
  /** The fields of the object, or of any of those that it is put together from. */
  fields: ReadonlySet<string>;
}

/** An expression, and the file that it stands in. */
interface Place {
  file: string;
  node: Node | undefined;
}

const UNKNOWN: DataSchema = { isObject: false, fields: new Set() };
/** Functions of zod that make an object schema of its fields. */
const OBJECTS = ['object', 'strictObject', 'looseObject'];
/** Methods that add fields. */
const ADDING = ['extend', 'safeExtend', 'merge'];
/** Methods that leave an object schema one, with the same fields. */
const KEEPING = ['strict', 'loose', 'partial', 'required', 'catchall', 'meta', 'describe', 'refine', 'check'];

/** Follows what a schema is made of, across files. */
function dataSchemaAt(plan: Plan, { file, node }: Place): DataSchema {
  if (Node.isIdentifier(node)) {
    const found = declared(plan, file, node.getText());
    return found === undefined ? UNKNOWN : dataSchemaAt(plan, found);
  }
  const callee = Node.isCallExpression(node) ? node.getExpression() : undefined;
  if (!Node.isCallExpression(node) || !Node.isPropertyAccessExpression(callee)) return UNKNOWN;
  const method = callee.getName();
  const args = node.getArguments();
  const [first] = args;
  if (callee.getExpression().getText() === 'z') {
    if (OBJECTS.includes(method)) return { isObject: true, fields: fieldsAt(plan, { file, node: first }) };
    const parts = args.flatMap((one) => (Node.isArrayLiteralExpression(one) ? one.getElements() : [one]));
    const fields = parts.flatMap((one) => [...dataSchemaAt(plan, { file, node: one }).fields]);
    return { isObject: false, fields: new Set(fields) };
  }
  const { isObject, fields } = dataSchemaAt(plan, { file, node: callee.getExpression() });
  const named = fieldsAt(plan, { file, node: first });
  if (ADDING.includes(method)) return { isObject, fields: new Set([...fields, ...named]) };
  if (method === 'pick') return { isObject, fields: named };
  if (method === 'omit') return { isObject, fields: new Set([...fields].filter((one) => !named.has(one))) };
  return { isObject: isObject && KEEPING.includes(method), fields };
}

/** The names in an object that holds fields, be it written out, named, or the shape of a schema. */
function fieldsAt(plan: Plan, place: Place): ReadonlySet<string> {
  const { file, node } = place;
  // Of another schema, as `merge` takes it.
  if (Node.isCallExpression(node)) return dataSchemaAt(plan, place).fields;
  if (Node.isIdentifier(node)) {
    const found = declared(plan, file, node.getText());
    return found === undefined ? new Set() : fieldsAt(plan, found);
  }
  if (Node.isPropertyAccessExpression(node) && node.getName() === 'shape') {
    return dataSchemaAt(plan, { file, node: node.getExpression() }).fields;
  }
  if (Node.isAsExpression(node) || Node.isSatisfiesExpression(node)) {
    return fieldsAt(plan, { file, node: node.getExpression() });
  }
  if (!Node.isObjectLiteralExpression(node)) return new Set();
  const names = node.getProperties().flatMap((property) => {
    const spread = property.asKind(SyntaxKind.SpreadAssignment);
    if (spread) return [...fieldsAt(plan, { file, node: spread.getExpression() })];
    return Node.hasName(property) ? [property.getName().replaceAll(/['"]/g, '')] : [];
  });
  return new Set(names);
}

/** What a name of a file stands for, there or where it is imported from. */
function declared(plan: Plan, file: string, name: string): Place | undefined {
  const source = plan.source(file);
  const variable = source.getVariableDeclaration(name);
  if (variable) return { file, node: variable.getInitializer() };
  for (const declaration of source.getImportDeclarations()) {
    const target = targetOf(file, declaration.getModuleSpecifierValue());
    if (target === undefined || !plan.has(target)) continue;
    const specifier = declaration
      .getNamedImports()
      .find((one) => (one.getAliasNode()?.getText() ?? one.getName()) === name);
    if (specifier) return declared(plan, target, specifier.getName());
  }
  return undefined;
}
