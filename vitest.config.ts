import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/third-parties.ts', 'test/support/build.ts'],
    testTimeout: 60_000,
    // Concurrent tests mostly wait for an fb that waits.
    maxConcurrency: 6,
    maxWorkers: 2,
  },
})
