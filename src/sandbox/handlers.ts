import type {CommandImpl} from '@smithy/core/client'
import type {StaticOperationSchema} from '@smithy/types'
import type {Account} from './account.js'

// biome-ignore lint/suspicious/noExplicitAny: a pattern to infer from, nothing is ever of this type
type Of<C> = C extends abstract new (...args: any) => CommandImpl<infer I, infer O, any, any, any> ? [I, O] : never
type In<C> = Of<C>[0]
type Out<C> = Omit<Of<C>[1], '$metadata'>

type Handler<C> = (input: In<C>, account: Account) => Out<C>

/** One handler for each schema a service lists, typed by the client package's own command. */
export type Handlers<Module, Schemas> = {
  [K in keyof Schemas as K extends `${infer Name}$` ? Name : never]: K extends `${infer Name}$`
    ? `${Name}Command` extends keyof Module
      ? Handler<Module[`${Name}Command`]>
      : never
    : never
}

export type Service = {
  schemas: Record<string, StaticOperationSchema>
  handlers: Record<string, (input: never, account: Account) => object>
}

/** What an exception class of a client package wants besides its own members. */
export const saying = (message: string) => ({message, $metadata: {}})

/** An error of the wire itself, for which no client package has a class. */
export function wireError(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), {name, status})
}

/** What an error says on any wire. */
export function faultOf(error: Error) {
  const {name, message} = error
  const fields: Record<string, unknown> = {...error}
  const {name: _, stack, $fault, $metadata, $response, $service, status, ...members} = fields
  const statusCode = typeof status === 'number' ? status : $fault ? ($fault === 'server' ? 500 : 400) : 500
  return {name, message, statusCode, members}
}

/** One page of a list; the token is the place of the next item. */
export function page<T>(items: T[], size: number, token?: string): {items: T[]; next?: string} {
  const start = token ? Number(Buffer.from(token, 'base64url').toString()) : 0
  const end = start + size
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`${end}`).toString('base64url') : undefined,
  }
}
