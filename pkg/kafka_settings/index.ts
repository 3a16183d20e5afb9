export { brokerList } from './brokers.js';
export { clearTextWarning, kafkaSecurity, type KafkaSecurity } from './connection.js';
export { kafkaSecurityRule, type SecurityRuleOptions } from './security_rule.js';
export { kafkaSasl, kafkaSsl } from './security_schema.js';
