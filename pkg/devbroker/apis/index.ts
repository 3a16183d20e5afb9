import { type AnyApi } from '../wire/api.js';
import { alterConfigs } from './alter_configs.js';
import { apiVersions } from './api_versions.js';
import { createPartitions } from './create_partitions.js';
import { createTopics } from './create_topics.js';
import { deleteGroups } from './delete_groups.js';
import { deleteRecords } from './delete_records.js';
import { deleteTopics } from './delete_topics.js';
import { describeCluster } from './describe_cluster.js';
import { describeConfigs } from './describe_configs.js';
import { describeGroups } from './describe_groups.js';
import { fetch } from './fetch.js';
import { findCoordinator } from './find_coordinator.js';
import { heartbeat } from './heartbeat.js';
import { incrementalAlterConfigs } from './incremental_alter_configs.js';
import { initProducerId } from './init_producer_id.js';
import { joinGroup } from './join_group.js';
import { leaveGroup } from './leave_group.js';
import { listGroups } from './list_groups.js';
import { listOffsets } from './list_offsets.js';
import { metadata } from './metadata.js';
import { offsetCommit } from './offset_commit.js';
import { offsetDelete } from './offset_delete.js';
import { offsetFetch } from './offset_fetch.js';
import { produce } from './produce.js';
import { syncGroup } from './sync_group.js';

const served: AnyApi[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  apiVersions,
  createTopics,
  deleteTopics,
  initProducerId,
  createPartitions,
  deleteRecords,
  describeConfigs,
  alterConfigs,
  incrementalAlterConfigs,
  describeGroups,
  listGroups,
  deleteGroups,
  offsetDelete,
  describeCluster,
];

/** Every API that the broker serves, by its key; adding one here is all it takes. */
export const apis: ReadonlyMap<number, AnyApi> = new Map(served.map((api) => [api.key, api]));
