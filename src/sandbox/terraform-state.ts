import type {Where} from './inventory.js'
export const stateDocument = (where: Where, serial: number) =>
  JSON.stringify(
    {
      version: 4,
      terraform_version: '1.11.4',
      serial,
      lineage: where.app,
      outputs: {},
      resources: [],
      check_results: null,
    },
    null,
    2,
  ) + '\n'
