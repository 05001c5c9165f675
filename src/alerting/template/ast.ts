/** What a template is made of: the nodes of Go's text/template/parse, with their place in the text. */

export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

export interface Action {
  readonly kind: 'action';
  readonly pipe: Pipe;
}

export interface Branch {
  readonly kind: 'if' | 'range' | 'with';
  readonly pipe: Pipe;
  readonly list: readonly Node[];
  readonly otherwise: readonly Node[] | undefined;
}

/** `{{ template "name" pipeline }}`, and what `{{ block }}` leaves in its place. */
export interface Invocation {
  readonly kind: 'template';
  readonly pos: number;
  readonly name: string;
  readonly pipe: Pipe | undefined;
}

export interface Jump {
  readonly kind: 'break' | 'continue';
}

export type Node = Text | Action | Branch | Invocation | Jump;

export interface Pipe {
  readonly kind: 'pipe';
  readonly pos: number;
  /** Variables that take its value, with their `$`. */
  readonly variables: readonly string[];
  /** `=` in place of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly kind: 'command';
  readonly pos: number;
  readonly args: readonly Operand[];
}

export type Operand =
  | { readonly kind: 'dot' | 'nil'; readonly pos: number }
  | { readonly kind: 'bool'; readonly pos: number; readonly value: boolean }
  /** A bigint is an int, a number a float64. */
  | { readonly kind: 'number'; readonly pos: number; readonly text: string; readonly value: bigint | number }
  | { readonly kind: 'string'; readonly pos: number; readonly text: string; readonly value: string }
  | { readonly kind: 'function'; readonly pos: number; readonly name: string }
  /** `.a.b`, `$x.a`, `(pipeline).a`: `of` is what the path begins at, dot where it is undefined. */
  | { readonly kind: 'field'; readonly pos: number; readonly of: Operand | undefined; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly pos: number; readonly name: string }
  | Pipe;

/** As Go writes a node in its errors. */
export function show(node: Pipe | Command | Operand): string {
  switch (node.kind) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'number':
    case 'string':
      return node.text;
    case 'function':
    case 'variable':
      return node.name;
    case 'field':
      return `${node.of === undefined ? '' : node.of.kind === 'pipe' ? `(${show(node.of)})` : show(node.of)}.${node.path.join('.')}`;
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${show(arg)})` : show(arg))).join(' ');
    default: {
      const taken = node.variables.length === 0 ? '' : `${node.variables.join(', ')} ${node.assigns ? '=' : ':='} `;
      return taken + node.commands.map(show).join(' | ');
    }
  }
}

export const showInvocation = ({ name, pipe }: Invocation): string =>
  `{{template ${JSON.stringify(name)}${pipe === undefined ? '' : ` ${show(pipe)}`}}}`;
