export { type Finding, type FindingPlace, type Verdict, verdictOn } from './finding.ts'
