/** What each exit code of fb means. Scripts rely on them: a meaning is never changed. */
export const exitCodes: [code: string, meaning: string][] = [
  ['0', 'done'],
  ['1', 'failed: the operation, AWS or Terraform said no'],
  ['2', 'usage: flags, arguments, fb.yml, or an answer needed without a terminal'],
  ['3', 'not found / nothing matched'],
  ['4', 'credentials or permission'],
  ['5', 'busy or conflict: a lock is held, a deployment is running, the thing changed under you'],
  ['6', 'partly done: a human must look; the message says the state'],
  ['7', 'refused for safety (preflight, protected resource, declined); nothing was changed'],
  ['8', 'gave up waiting; the work goes on in AWS'],
  ['9', 'failed and rolled back; the old version serves'],
  ['10', 'differences found (`diff`, `drift`, `plan --exit-code`)'],
  ['125', '`fb run`: the command has not run; when it has, fb exits with its code'],
  ['129 / 130 / 143', 'the terminal was closed / interrupted / terminated'],
]
