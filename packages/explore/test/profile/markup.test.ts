import { describe, expect, it } from 'vitest'
import { html } from '../../src/profile/markup.ts'

describe('html', () => {
  it('escapes what stands between its parts, and shows controls by signs', () => {
    expect(
      html`<p title="${'"\'>'}">${'<b>&\u0000\n\u0085'}${1}${undefined}${[html`<i>${'<'}</i>`, '>']}</p>`.text,
    ).toBe('<p title="&quot;&#39;&gt;">&lt;b&gt;&amp;␀␊\ufffd1<i>&lt;</i>&gt;</p>')
  })
})
