export {
  type Count,
  type Distribution,
  METRICS_CONTENT_TYPE,
  Metrics,
  type MetricSpec,
  type Sample,
} from './metrics.js';
