import { type AnyApi } from '../wire/api.js';
import { apiVersions } from './api_versions.js';
import { createTopics } from './create_topics.js';
import { deleteTopics } from './delete_topics.js';
import { fetch } from './fetch.js';
import { findCoordinator } from './find_coordinator.js';
import { heartbeat } from './heartbeat.js';
import { initProducerId } from './init_producer_id.js';
import { joinGroup } from './join_group.js';
import { leaveGroup } from './leave_group.js';
import { listOffsets } from './list_offsets.js';
import { metadata } from './metadata.js';
import { offsetCommit } from './offset_commit.js';
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
];

/** Every API that the broker serves, by its key; adding one here is all it takes. */
export const apis: ReadonlyMap<number, AnyApi> = new Map(served.map((api) => [api.key, api]));
