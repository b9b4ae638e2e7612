import { describe, expect, it } from 'vitest'
import { consoleSteps, isAsShown } from '../src/console-page.ts'

const PAGE = String.raw`# A page

~~~sh
not a step
~~~

~~~console
$ echo a
a

$ echo b \
  --more
~~~

then

~~~console
$ query '
  SELECT 1' --format csv
1
$ true
~~~
`.replaceAll('~~~', '```')

describe('consoleSteps', () => {
  it('takes the commands of a page, with what they print', () => {
    expect(consoleSteps(PAGE)).toEqual([
      { command: 'echo a', shown: 'a\n\n' },
      { command: 'echo b \\\n  --more', shown: '' },
      { command: "query '\n  SELECT 1' --format csv", shown: '1\n' },
      { command: 'true', shown: '' },
    ])
  })

  it('refuses a block that begins with no command', () => {
    expect(() => consoleSteps('```console\noutput\n```')).toThrow('a block begins with no command: output')
  })
})

describe('isAsShown', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['', 'a\n', false],
    ['a\n', '', false],
    ['a\nb\n', 'a \nb\t\n', true],
    ['a\n', 'a\nb\n', false],
    ['a\n', 'b\na\n', false],
    ['…\n', '', true],
    ['…\n', 'a\nb\n', true],
    ['a\n…\nc\n', 'a\nb\nb\nc\n', true],
    ['a\n…\nc\n', 'a\nc\n', true],
    ['a\n…\nc\n', 'a\nb\n', false],
    ['a\n…\n', 'b\na\n', false],
    ['run 2019-… by …\n', 'run 2019-05-18 by us\n', true],
    ['run 2019-… by …\n', 'run 2020-05-18 by us\n', false],
    ['a…b\n', 'a\nb\n', false],
    ['a.c (x) [y] {z} $1 ^|+*?\\\n', 'a.c (x) [y] {z} $1 ^|+*?\\\n', true],
    ['a.c\n', 'abc\n', false],
  ])('%j of %j: %j', (shown, printed, expected) => {
    expect(isAsShown(shown, printed)).toBe(expected)
  })
})
