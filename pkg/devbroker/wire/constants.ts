/** What stands for "no topic id" (KIP-516). */
export const NO_TOPIC_ID = '00000000-0000-0000-0000-000000000000';

/** "Not computed": this broker has no ACLs, and so cannot say who may do what (KIP-430). */
export const NO_AUTHORIZED_OPERATIONS = -(2 ** 31);
