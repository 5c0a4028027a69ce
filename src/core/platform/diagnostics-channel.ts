import { channel } from 'node:diagnostics_channel';

/** The only importer of `node:diagnostics_channel`. A build for a platform without it swaps this file for channels nobody subscribes to. */

/** A named channel of the platform, as far as it is published to. */
export interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

/** The channel of a name: always the same object, whoever asks. */
export function namedChannel(name: string): Channel {
  return channel(name);
}
