import type { DriverAdmin } from '../driver.js';
import type { ConnectionOptions } from './client.js';
import { groupAdmin } from './group_admin.js';
import { topicAdmin } from './topic_admin.js';

/** Cluster operations, each over a connection of its own. */
export function createAdmin(options: ConnectionOptions): DriverAdmin {
  return { ...topicAdmin(options), ...groupAdmin(options) };
}
