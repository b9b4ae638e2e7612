import { describe, expect, it } from 'vitest'
import { partArguments } from '../src/arguments.ts'

describe('partArguments', () => {
  it.each([
    ['--KEY value', ['--KEY', 'value'], { KEY: 'value' }, []],
    ['--KEY=value', ['--KEY=value'], { KEY: 'value' }, []],
    ['an = in the value', ['--KEY=a=b'], { KEY: 'a=b' }, []],
    ['a value that begins with --', ['--KEY=--x'], { KEY: '--x' }, []],
    ['an empty value', ['--KEY='], { KEY: '' }, []],
    ['a value that begins with -', ['--KEY', '-'], { KEY: '-' }, []],
    [
      'other options and words',
      ['run', 'job', '--KEY', 'v', '--on-empty', 'skip'],
      { KEY: 'v' },
      ['run', 'job', '--on-empty', 'skip'],
    ],
  ])('reads %s', (_, argv, params, rest) => {
    expect(partArguments(argv)).toEqual({ params, ignored: [], rest })
  })

  it("ignores Glue's own arguments, each with a line", () => {
    expect(partArguments(['--JOB_NAME', 'x', '--enable-metrics', '--job-language=python', '--KEY', 'v'])).toEqual({
      params: { KEY: 'v' },
      ignored: [
        '--JOB_NAME is an argument of AWS Glue and is ignored here',
        '--enable-metrics is an argument of AWS Glue and is ignored here',
        '--job-language is an argument of AWS Glue and is ignored here',
      ],
      rest: [],
    })
  })

  it("leaves Glue's bookmark to the command", () => {
    const argv = ['--job-bookmark-option', 'job-bookmark-enable']
    expect(partArguments(argv)).toEqual({ params: {}, ignored: [], rest: argv })
  })

  it.each([
    [['--KEY'], 'BAD_PARAMETER: --KEY has no value\n  expected --KEY VALUE or --KEY=VALUE'],
    [
      ['--KEY', '--OTHER', 'x'],
      'BAD_PARAMETER: --KEY has no value\n  a value that begins with -- needs the form --KEY=--OTHER',
    ],
    [['--KEY', 'a', '--KEY', 'b'], 'BAD_PARAMETER: --KEY is given twice'],
  ])('refuses %s', (argv, message) => {
    expect(() => partArguments(argv)).toThrow(expect.objectContaining({ message }))
  })

  it('takes no name for an inherited one', () => {
    expect(partArguments(['--CONSTRUCTOR', 'x']).params).toEqual({ CONSTRUCTOR: 'x' })
  })
})
