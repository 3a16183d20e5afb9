import { parentPort, workerData } from 'node:worker_threads';
import { DataFolder, DataFolderInUse } from '../../../../pkg/devbroker/index.js';

/** What a contender is told: the folders to take, and how many others try at the same moments. */
export interface Contest {
  folders: string[];
  contenders: number;
  /** One 32-bit counter, shared by all. */
  arrivals: SharedArrayBuffer;
}

/** For each folder whether it was won. */
function contend({ folders, contenders, arrivals }: Contest): boolean[] {
  const counter = new Int32Array(arrivals);
  return folders.map((folder, round) => {
    Atomics.add(counter, 0, 1);
    // Busy waiting, so that all of them begin at the same moment.
    while (Atomics.load(counter, 0) < contenders * (round + 1));
    try {
      DataFolder.own(folder);
      return true;
    } catch (error) {
      if (error instanceof DataFolderInUse) return false;
      throw error;
    }
  });
}

parentPort?.postMessage(contend(workerData as Contest));
