import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Lets a server listen on the loopback address, at a port that is free, and gives its address and the way to end it at once. */
export async function listenOnLoopback(
  server: Server,
): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  // Otherwise idle connections end at times that no plan knows.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
