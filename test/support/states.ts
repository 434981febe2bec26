type Attributes = Record<string, unknown>

type Given = {
  serial?: number
  lineage?: string
  terraformVersion?: string
  outputs?: Record<string, {value: unknown; type?: unknown; sensitive?: boolean}>
  checks?: unknown[] | null
  resources?: Record<string, Attributes>
  sensitive?: Record<string, string[]>
  /** Addresses that those of each address need. */
  dependencies?: Record<string, string[]>
}

/** A Terraform state that knows the resources of these addresses. */
export function state({
  serial = 1,
  lineage = '3f9c1a2e-0000-4000-8000-000000000001',
  terraformVersion = '1.11.4',
  outputs = {},
  checks = null,
  resources = {},
  sensitive = {},
  dependencies = {},
}: Given) {
  return {
    version: 4,
    terraform_version: terraformVersion,
    serial,
    lineage,
    outputs,
    resources: Object.entries(resources).map(([address, attributes]) =>
      resource(address, attributes, sensitive[address], dependencies[address]),
    ),
    check_results: checks,
  }
}

function resource(address: string, attributes: Attributes, sensitive: string[] = [], dependencies?: string[]) {
  const [, modules = '', data, type, name, index] =
    /^((?:module\.[\w-]+(?:\[[^\]]*\])?\.)*)(data\.)?(\w+)\.([\w-]+)(?:\[(.+)\])?$/.exec(address) ?? []
  return {
    ...(modules ? {module: modules.slice(0, -1)} : {}),
    mode: data ? 'data' : 'managed',
    type,
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [
      {
        ...(index ? {index_key: JSON.parse(index)} : {}),
        schema_version: 0,
        attributes,
        sensitive_attributes: sensitive.map((value) => [{type: 'get_attr', value}]),
        ...(dependencies ? {dependencies} : {}),
      },
    ],
  }
}

export const stateBytes = (given: Given): Buffer => Buffer.from(JSON.stringify(state(given), undefined, 2))
