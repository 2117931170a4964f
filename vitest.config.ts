import { defineConfig } from 'vitest/config'

/** Our own tests. The hidden KPI tests in grader/labs/ are run by the grader itself, never from here. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
    projects: [
      { extends: true, test: { name: 'grader', include: ['grader/**/*.test.ts'], exclude: ['grader/labs/**', '**/node_modules/**'] } },
      { extends: true, test: { name: 'datasets', include: ['datasets/**/*.test.ts'] } },
      { extends: true, test: { name: 'solutions', include: ['solutions/*/tests/**/*.test.ts'] } },
    ],
  },
})
