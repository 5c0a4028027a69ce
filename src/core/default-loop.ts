import type { EventLoop } from './event-loop.js';
import { HostedLoop } from './hosted-loop.js';
import { nodeHost } from './hosts/node.js';

let loop: EventLoop | undefined;

/** The loop that programs run on when they name none; made on first use, so that importing skein starts nothing. */
export function defaultLoop(): EventLoop {
  loop ??= new HostedLoop(nodeHost);
  return loop;
}
