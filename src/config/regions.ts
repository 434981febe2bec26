import {UsageError} from '../errors.js'
import {nearest} from './nearest.js'

/** AWS's regions in 2026. A new one works without being here; the list only explains a typing error. */
const REGIONS = `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1
  eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
  ap-east-1 ap-east-2 ap-south-1 ap-south-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2
  ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 af-south-1 me-south-1 me-central-1 il-central-1
  us-gov-east-1 us-gov-west-1 cn-north-1 cn-northwest-1`.split(/\s+/)

export const isRegion = (name: string): boolean => REGIONS.includes(name)

/** For a host that does not exist: the region in its name may be a typing error. */
export function misspelledRegion(region: string, cause: Error): UsageError | undefined {
  const near = nearest(region, REGIONS)
  if (isRegion(region) || near.length === 0) return undefined
  return new UsageError(`AWS has no region ${region} that can be reached.`, {
    code: 'unknown_region',
    because: [`Did you mean ${near[0]}?`],
    state: 'Nothing was changed.',
    next: [`--region ${near[0]}`],
    cause,
  })
}
