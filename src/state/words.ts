/** `812 B`, `48 KB`, `3.1 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} KB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** What Terraform calls `OperationTypeApply` everybody else calls apply. */
export const operationText = (operation: string): string =>
  operation.replace(/^OperationType(?=[A-Z])(\w+)$/, (_, name: string) => name.toLowerCase())

/** The last part of a caller's ARN: who a person knows. */
export const personOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

export const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`
