import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests import the sources of sibling packages, so that no test runs against a stale build.
  ssr: { resolve: { conditions: ['@fletching/source', 'node', 'import', 'default'] } },
  test: {
    globalSetup: ['test/build.ts'],
    include: [
      'packages/*/test/**/*.test.ts',
      'jobs/test/**/*.test.ts',
      'test/**/*.test.ts',
      'benchmarks/test/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A third of the time would be two hundred processes that load the same modules. What a test changes for others it changes back.
    isolate: false,
  },
})
