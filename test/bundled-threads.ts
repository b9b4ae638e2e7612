import type { Plugin } from 'vitest/config'

/** Lets the threads of tests load the few files of the command, not the hundreds that they are made of, which takes each a third of a second. */
export const bundledThreads: Plugin = {
  name: 'bundled-threads',
  enforce: 'pre',
  transform: (code, id) =>
    /\/packages\/engine\/src\/(waiting-workers|inflate-ahead)\.ts$/.test(id)
      ? code.replace("'../dist/", "'../../cli/dist/bundle/dist/")
      : undefined,
}
