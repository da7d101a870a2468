/**
 * Settings of kafkajs, which reads them. Written down here, because its own types need those of Node, which a program
 * that logs over HTTP need not have.
 */
export interface KafkaSettings {
  readonly brokers: readonly string[] | (() => string[] | Promise<string[]>);
  readonly clientId?: string;
  readonly ssl?: boolean | object;
  readonly sasl?: object;
  readonly connectionTimeout?: number;
  readonly authenticationTimeout?: number;
  readonly reauthenticationThreshold?: number;
  readonly requestTimeout?: number;
  readonly enforceRequestTimeout?: boolean;
  readonly retry?: object;
  readonly socketFactory?: object;
  readonly logLevel?: number;
  readonly logCreator?: object;
}
