/** A group's name, also when it was given by its ARN. */
export const nameOf = (group: string): string => (group.startsWith('arn:') ? (group.split(':')[6] ?? group) : group)

/** For calls that take a name or an ARN, and none that ends with `:*` as consoles show it. */
export const identifierOf = (group: string): string => (group.startsWith('arn:') ? group.replace(/:\*$/, '') : group)
