import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {type Graph, graphOf} from '../../infra/graph.js'
import {dot, mermaid, overview} from '../../infra/graph-text.js'
import {addressesIn} from '../../infra/targets.js'
import {definitionFor, stackSettingsOf} from '../../stack-access.js'

const FORMATS = {
  text: async () => overview,
  mermaid: async () => mermaid,
  dot: async () => dot,
  svg: async () => (await import('../../infra/graph-svg.js')).svg,
}

export default class InfraGraph extends FbCommand {
  static override description =
    'Show which part of the infrastructure of an environment needs which; the pictures have every resource of it.'
  static override examples = [
    'fb infra graph --env prod > graph.mmd',
    'fb infra graph --env prod --format svg > graph.svg',
    'fb infra graph --env prod --target-module ecs',
    "fb infra graph --env prod --json | jq '.edges | length'",
  ]
  static override flags = {
    ...stackFlags,
    format: Flags.option({
      options: ['text', 'mermaid', 'dot', 'svg'] as const,
      description:
        'modules alone, or every resource for Mermaid, Graphviz or a browser (on a terminal text, in a pipe mermaid)',
    })(),
    'target-module': Flags.string({description: 'only this module and its neighbours', helpValue: 'NAME'}),
  }

  async run(): Promise<Graph> {
    const {flags} = await this.parse(InfraGraph)
    const site = await this.openStack(flags)
    const definition = await definitionFor(await stackSettingsOf(site, this.config.root))
    const only = flags['target-module'] ? addressesIn(definition, flags['target-module']) : undefined
    const graph = graphOf(definition, only)
    const draw = await FORMATS[flags.format ?? (this.voice.onScreen ? 'text' : 'mermaid')]()
    this.voice.print((canvas) => draw(graph, canvas))
    return graph
  }
}
