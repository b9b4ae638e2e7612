export type { Kind, Resource } from './personalize-server/account.ts'
export { type Fault, failed, type Rule, throttled } from './personalize-server/faults.ts'
export {
  openPersonalizeServer,
  type PersonalizeRequest,
  type PersonalizeServer,
  type PersonalizeServerOptions,
  type Phase,
} from './personalize-server/server.ts'
