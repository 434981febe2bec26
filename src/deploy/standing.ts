import {timeOfDay} from '../durations.js'
import type {Event} from '../events.js'

/** How things are with a deployment should fb end right now. */
export type Standing = Extract<Event, {type: 'stands'}>

export const standing = (state: string, next: string[]): Standing => ({type: 'stands', state, next})

export const goesOn = (id: string): Standing =>
  standing(`Deployment ${id} goes on in AWS.`, [`fb watch ${id}`, 'fb rollback'])

export const waitsForApproval = (id: string, until: Date | undefined): Standing =>
  standing(
    `Deployment ${id} waits for approval${until ? ` until ${timeOfDay(until)}; then CodeDeploy stops it` : ''}.`,
    [`fb approve ${id}`, 'fb rollback', `fb watch ${id}`],
  )

export const rollsBack = (id: string): Standing =>
  standing(`Deployment ${id} is being rolled back in AWS.`, [`fb watch ${id}`])
