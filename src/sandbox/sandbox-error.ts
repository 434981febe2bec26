/** The sandbox itself cannot do what was asked; an answer of the AWS it plays is never one of these. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
}
