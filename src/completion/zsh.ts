import type {Flag, Place} from './places.js'

export const zsh = (places: Place[]): string => `#compdef fb
# fb completion for zsh.
#   fb completion zsh > $fpath[1]/_fb
_fb() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at= i
  local -a next flags values
  if [[ $cur == --*=* ]]; then
    prev=\${cur%%=*}
    compset -P '*='
  fi
  for ((i = 2; i < CURRENT; i++)); do
    case "\${at:+$at }\${words[i]}" in
      ${places.flatMap(({path}) => (path ? [`${quoted(path)}`] : [])).join(' | ')}) at="\${at:+$at }\${words[i]}" ;;
      *) break ;;
    esac
  done
  case "$at" in
${places.map(place).join('\n')}
  esac
  case "$at $prev" in
${places.flatMap(({path, flags}) => flags.flatMap((flag) => valuesOf(path, flag))).join('\n')}
  esac
  if (( $#values )); then
    compadd -- \${values:#' '}
  elif [[ $cur == -* || $#next -eq 0 ]]; then
    _describe -o flag flags
  else
    _describe command next
  fi
}
if [[ $funcstack[1] == _fb ]]; then _fb "$@"; else compdef _fb fb; fi
`

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

const entry = (word: string, about: string) => quoted(about ? `${word}:${about}` : word)

const place = ({path, next, flags}: Place) => `    ${quoted(path)})
      next=(${next.map(({word, about}) => entry(word, about)).join(' ')})
      flags=(${flags.map(({name, about}) => entry(`--${name}`, about)).join(' ')}) ;;`

function valuesOf(path: string, {name, char, values}: Flag): string[] {
  if (!values) return []
  const spellings = [quoted(`${path} --${name}`), ...(char ? [quoted(`${path} -${char}`)] : [])]
  return [`    ${spellings.join(' | ')}) values=(${values.map(quoted).join(' ') || "' '"}) ;;`]
}
