/** Which nodes of a draft were renamed since it was what is deployed: their memory, queue and subscription follow. */
import type { History } from "./history";
import type { Operation } from "./operations";

/** {address before: id now} of nodes that the steps from the file `deployed` to the draft have renamed. Where the steps do not tell (a text was
 *  typed, the file lies ahead) the server goes by the content. */
export function renamesSince(history: History, deployed: string): Record<string, string> {
  const from = history.steps.findLastIndex(({ draft }, index) => index <= history.at && draft.text === deployed);
  return from < 0 ? {} : nodeRenames(history.steps.slice(from + 1, history.at + 1).flatMap(({ operations }) => operations ?? []));
}

export function nodeRenames(operations: readonly Operation[]): Record<string, string> {
  let before = new Map<string, string>();
  for (const operation of operations) {
    if (operation.op === "rename_node") {
      const [scope, old] = parts(operation.id);
      const id = before.get(operation.id) ?? old;
      before.delete(operation.id);
      before.set(scope + operation.to, id);
    } else if (operation.op === "remove_node") before.delete(operation.id);
    else if (operation.op === "rename_subflow") {
      const { name, to } = operation;
      before = new Map([...before].map(([address, id]) => [address.startsWith(`${name}/`) ? `${to}/${parts(address)[1]}` : address, id]));
    }
  }
  return Object.fromEntries([...before].map(([address, old]) => [parts(address)[0] + old, parts(address)[1]]).filter(([address, id]) => parts(address as string)[1] !== id));
}

/** The scope with its slash ("" in the flow itself), and the id. */
function parts(address: string): [string, string] {
  const at = address.lastIndexOf("/") + 1;
  return [address.slice(0, at), address.slice(at)];
}
