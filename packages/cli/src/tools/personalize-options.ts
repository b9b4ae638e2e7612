import type { OptionSpec } from '../option-specs.ts'

/** What the tools for Personalize have in common. */
export const datasetChoices = ['interactions', 'users', 'items'] as const

export const domainOption: OptionSpec = {
  describe: 'the domain of the dataset group; custom by default',
  value: 'DOMAIN',
  choices: ['custom', 'ecommerce', 'video-on-demand'],
}
