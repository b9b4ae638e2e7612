import { defineConfig } from 'vitest/config'
import { bundledThreads } from './test/bundled-threads.ts'

export default defineConfig({
  plugins: [bundledThreads],
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
    // Of the AWS SDK on Node 20, once for each process and in the middle of what the tests say.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A third of the time would be two hundred processes that load the same modules. What a test changes for others it changes back.
    isolate: false,
  },
})
