import { accountingSection } from './profile/accounting-section.ts'
import { checklistSection } from './profile/checklist-section.ts'
import { columnsSection, duplicatesSection } from './profile/columns-section.ts'
import { eventsSection } from './profile/events-section.ts'
import { pageHead } from './profile/head.ts'
import { itemsSection, usersSection } from './profile/ids-section.ts'
import { html, Markup } from './profile/markup.ts'
import { pageStart } from './profile/page-start.ts'
import type { Profile } from './profile/profile.ts'
import { rejectsSection } from './profile/rejects-section.ts'
import { figuresOf } from './profile/shown-figure.ts'
import { style } from './profile/style.ts'

/**
 * A profile as one HTML file: it loads nothing, runs no script, and follows the reader's light or dark mode. Every number of the profile stands in
 * it, as `<data value data-figure>` with its path.
 */
export function profilePage(profile: Profile): string {
  const figures = figuresOf(profile)
  return html`${new Markup(`${pageStart}\n`)}<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${profile.of} · profile</title>
<style>${new Markup(style)}</style>
</head>
<body>
${pageHead(profile, figures)}
<main>
${[
  accountingSection(profile, figures),
  rejectsSection(profile, figures),
  eventsSection(profile, figures),
  itemsSection(profile, figures),
  usersSection(profile, figures),
  columnsSection(profile, figures),
  duplicatesSection(profile, figures),
  checklistSection(profile, figures),
]}
</main>
<footer>
<p>Made by fletching ${profile.version} on ${profile.madeAt.slice(0, 'yyyy-mm-dd'.length)}. Names of events and ids of items stand in this file; ids of users do not. Times are UTC.</p>
</footer>
</body>
</html>
`.text
}
