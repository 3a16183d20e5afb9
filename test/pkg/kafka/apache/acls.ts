import kafkajs from 'kafkajs';
import type { SecuredNode } from './secured_node.js';

/** What alice may do with a topic or a group. */
export interface Right {
  readonly operation: 'READ' | 'WRITE' | 'DESCRIBE';
  readonly on: 'TOPIC' | 'GROUP';
  readonly name: string;
}

/** Gives alice rights. */
export async function grant(node: SecuredNode, ...rights: readonly Right[]): Promise<void> {
  await withAdmin(node, (admin) =>
    admin.createAcls({
      acl: rights.map((right) => ({ ...ruleOf(right), permissionType: kafkajs.AclPermissionTypes.ALLOW })),
    }),
  );
}

/** Takes a right away from alice. @throws Error when she did not have it */
export async function revoke(node: SecuredNode, right: Right): Promise<void> {
  const { filterResponses } = await withAdmin(node, (admin) =>
    admin.deleteAcls({
      filters: [{ ...ruleOf(right), permissionType: kafkajs.AclPermissionTypes.ALLOW }],
    }),
  );
  if (filterResponses[0]?.matchingAcls.length !== 1)
    throw new Error(`alice had no such right: ${right.name}`);
}

function ruleOf({ operation, on, name }: Right) {
  return {
    resourceType: kafkajs.AclResourceTypes[on],
    resourceName: name,
    resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
    principal: 'User:alice',
    host: '*',
    operation: kafkajs.AclOperationTypes[operation],
  };
}

async function withAdmin<T>(node: SecuredNode, work: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
  const admin = new kafkajs.Kafka({
    brokers: [node.at('TLS')],
    ssl: { ca: node.authority.cert },
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
