import type {Flag, Place} from './places.js'

export const bash = (places: Place[]): string => `# fb completion for bash.
#   fb completion bash > ~/.local/share/bash-completion/completions/fb
_fb() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= next= flags= values= i
  # bash splits --flag=value at the equals sign
  [[ $cur == = ]] && cur=
  [[ $prev == = ]] && prev=\${COMP_WORDS[COMP_CWORD-2]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${path:+$path }\${COMP_WORDS[i]}" in
      ${places.flatMap(({path}) => (path ? [`'${path}'`] : [])).join(' | ')}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
  done
  case "$path" in
${places.map(place).join('\n')}
  esac
  case "$path $prev" in
${places.flatMap(({path, flags}) => flags.flatMap((flag) => valuesOf(path, flag))).join('\n')}
  esac
  if [[ -n $values ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$cur"))
  elif [[ $cur == -* || -z $next ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$next" -- "$cur"))
  fi
}
complete -F _fb fb
`

const place = ({path, next, flags}: Place) =>
  `    '${path}') next='${next.map(({word}) => word).join(' ')}' flags='${flags.map(({name}) => `--${name}`).join(' ')}' ;;`

/** A flag whose value can be anything completes to nothing: one blank, which compgen ignores. */
function valuesOf(path: string, {name, char, values}: Flag): string[] {
  if (!values) return []
  const spellings = [`'${path} --${name}'`, ...(char ? [`'${path} -${char}'`] : [])]
  return [`    ${spellings.join(' | ')}) values='${values.join(' ') || ' '}' ;;`]
}
