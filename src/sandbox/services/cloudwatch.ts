export const schemas = {}
export const handlers = {}
