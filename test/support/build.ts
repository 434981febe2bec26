import {execFileSync} from 'node:child_process'

/** Tests run the built fb; building takes half a second, so it is always the current one. */
export const setup = () => {
  execFileSync(process.execPath, ['scripts/build.js'], {stdio: 'inherit'})
}
