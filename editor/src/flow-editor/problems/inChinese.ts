/** The server's words about a flow file in Chinese. What is not in the list stays as the server said it. */

type Rule = [pattern: RegExp, zh: string];

const KINDS: Rule[] = [
  [/^a number in (.+)$/, "以 $1 为单位的数字"], [/^a whole number in (.+)$/, "以 $1 为单位的整数"],
  [/^a number$/, "数字"], [/^a whole number$/, "整数"], [/^a text$/, "文本"], [/^true or false$/, "true 或 false"], [/^nothing$/, "空"],
  [/^a list$/, "列表"], [/^a list of texts$/, "文本列表"], [/^a mapping$/, "键值表"], [/^a list of (\d+)$/, "$1 项的列表"], [/^two numbers$/, "两个数字"],
  [/^the text (`.*`)$/s, "文本 $1"], [/^the number (.+)$/, "数字 $1"], [/^the value$/, "这个值"], [/^something else$/, "其他"],
  [/^one of (.+)$/s, "$1 之一"],
];

const MESSAGES: Rule[] = [
  [/^`(.+)` is missing$/, "缺少 `$1`"],
  [/^there is no field `(.+)` here$/, "这里没有字段 `$1`"],
  [/^there is no field `(.+)`$/, "没有字段 `$1`"],
  [/^wants (.+), here is (.+)$/s, "应为{1}，现为{2}"],
  [/^wants at least (\S+) (?:characters?|items?|entries|entry), here are (\d+)$/, "至少要有 $1 个，现有 $2 个"],
  [/^wants at most (\S+) (?:characters?|items?|entries|entry), here are (\d+)$/, "最多可有 $1 个，现有 $2 个"],
  [/^holds the same item twice$/, "同一项出现了两次"],
  [/^does not fit$/, "不符合要求"],
  [/^there is no node type `(.+)`$/, "没有类型为 `$1` 的节点"],
  [/^the type `(.+)` can't be loaded: (.+)$/s, "节点类型 `$1` 无法加载：$2"],
  [/^there is no kind of reference `(.+)`$/, "没有 `$1` 这种引用"],
  [/^there is no secret `(.+)`$/, "没有密钥 `$1`"],
  [/^there is no broker `(.+)`$/, "没有代理 `$1`"],
  [/^there is no node `(.+)`$/, "没有节点 `$1`"],
  [/^there is no flow `(.+)`$/, "没有流程 `$1`"],
  [/^the flow `(.+)` has no link-in `(.+)`$/, "流程 `$1` 没有 link-in `$2`"],
  [/^the flow `(.+)` is also in (.+)$/, "流程 `$1` 也在 $2 中"],
  [/^the environment variable (\S+) is not set$/, "环境变量 $1 未设置"],
  [/^`(.+)` may hold a password$/, "`$1` 可能含有密码"],
  [/^`(.+)` has no value$/, "`$1` 没有值"],
  [/^is refused by the node type(.*)$/, "节点类型不接受这个设置$1"],
  [/^column (\d+): (.+)$/s, "第 $1 列：$2"],
  [/^`(.+)` is a source: it brings messages in and takes none$/, "`$1` 是源节点，只送出消息，不接收"],
  [/^`(.+)` takes no messages by wire$/, "`$1` 不通过连线接收消息"],
  [/^`(.+)` is wired to `(.+)` twice$/, "`$1` 到 `$2` 连了两次"],
  [/^`(.+)` is wired here twice$/, "`$1` 在这里连了两次"],
  [/^the wires go in a circle: (.+)$/s, "连线形成了环：$1"],
  [/^no node brings messages in, so nothing will happen$/, "没有节点送入消息，流程不会有任何动作"],
  [/^no message can come here$/, "没有消息能到达这里"],
  [/^its messages go nowhere$/, "它送出的消息没有去处"],
  [/^(.+) does not fit (.+)$/s, "$1 与 $2 不相配"],
  [/^the file is empty$/, "文件是空的"],
  [/^a flow file is a mapping, here is (.+)$/s, "流程文件应为键值表，现为{1}"],
  [/^a wire wants a node's id, here is (.+)$/s, "连线应写节点标识，现为{1}"],
  [/^the wire names no node$/, "连线没有写节点"],
  [/^`(.+)` is already a member of `(.+)`$/, "`$1` 已属于分组 `$2`"],
  [/^(.+) has no `(.+)`$/, "这里没有 `$2` 这个键"],
  [/^the key `(.+)` is here twice, first on line (\d+)$/, "键 `$1` 出现了两次，第一次在第 $2 行"],
  [/^the key (.+) is not a text$/, "键 $1 不是文本"],
  [/^a second YAML document begins here$/, "这里又开始了一个 YAML 文档"],
  [/^values are nested more than (\d+) deep$/, "嵌套超过 $1 层"],
  [/^the tag `(.+)` is not allowed$/, "不允许使用标签 `$1`"],
  [/^a list or a mapping can't be a key$/, "列表或键值表不能作键"],
  [/^the file is larger than (\d+) MB$/, "文件超过 $1 MB"],
  [/^no valid YAML: (.+)$/s, "YAML 有误：{1}"],
  [/^this character can't begin a value here$/, "值不能以这个字符开头"],
  [/^a tab stands where the indentation should be$/, "缩进处用了制表符"],
  [/^this line does not fit the ones above it$/, "这一行与上文不对应"],
  [/^this line does not fit the list above it$/, "这一行与上面的列表不对应"],
  [/^the \{ … \} is not closed, or a comma is missing$/, "{ … } 没有闭合，或缺少逗号"],
  [/^the \[ … \] is not closed, or a comma is missing$/, "[ … ] 没有闭合，或缺少逗号"],
  [/^a `:` is missing$/, "缺少 `:`"],
  [/^a second `: ` on one line$/, "一行中有两个 `: `"],
  [/^a list item \(`- `\) can't stand here$/, "这里不能写列表项（`- `）"],
  [/^a quote is opened but never closed$/, "引号没有闭合"],
  [/^an anchor or alias has no name$/, "锚点或别名没有名称"],
  [/^text stands after the end of the flow$/, "流程结束之后还有文本"],
  [/^a `:` stands where a value should be$/, "应写值的地方是 `:`"],
];

const HINTS: Rule[] = [
  [/^did you mean (.+)\?$/, "是否想写 $1？"],
  [/^the fields are (.+)$/s, "可用的字段：$1"],
  [/^its (?:inputs|outputs|ports)s? are (.+)$/s, "它的端口：$1"],
  [/^the brokers are (.+)$/, "可用的代理：$1"],
  [/^give `(.+?)`, (.+): .+$/s, "请填写 `$1`，{2}"],
  [/^give `(.+?)`, (.+)$/s, "请填写 `$1`，{2}"],
  [/^give `(.+?)`.*$/s, "请填写 `$1`"],
  [/^remove one of (?:them|the two)$/, "请删除其中一个"],
  [/^remove the wire$/, "请删除这条连线"],
  [/^rename one of them$/, "请把其中一个改名"],
  [/^wire it to something, disable it, or remove it$/, "请为它连线、停用或删除它"],
  [/^add a source, such as mqtt-in, schedule or inject$/, "请添加源节点，如 mqtt-in、schedule 或 inject"],
  [/^a message would never come to an end.*$/s, "消息会永远循环：请在环上放一个会等待的节点（如 delay），或删除一条连线"],
  [/^mend that file; it is loaded again when it changes$/, "请改正那个文件，保存后会自动重新加载"],
  [/^put a node between them that turns one into the other$/, "请在中间放一个转换节点"],
  [/^insert a unit-convert node$/, "请插入 unit-convert 节点"],
  [/^store it under Settings → Secrets and write (.+)$/, "请在“密钥”页保存，并写作 $1"],
  [/^store it under Settings → Secrets$/, "请在“密钥”页保存"],
  [/^enable it or name another node$/, "请启用它，或改用另一个节点"],
  [/^write (`.+`)$/, "请写作 $1"],
  [/^name the node's type, such as (.+)$/, "请写明节点类型，如 $1"],
  [/^check its indentation, and that quotes and brackets above are closed$/, "请检查缩进，以及上文的引号和括号是否闭合"],
  [/^check its indentation.*$/, "请检查缩进"],
  [/^check indentation, quotes and brackets.*$/, "请检查这一行和上一行的缩进、引号和括号"],
  [/^close the quoted text$/, "请闭合引号"],
  [/^indent with spaces(?:, not tabs.*)?$/, "请用空格缩进"],
  [/^separate (?:entries|items) by `, ` and close with (`.`)$/, "各项用 `, ` 分隔，以 $1 结束"],
  [/^quote it.*$/, "请加引号"],
];

const BOUNDS: Rule[] = [[/^at least (.+)$/, "不小于 $1 的数"], [/^at most (.+)$/, "不大于 $1 的数"], [/^more than (.+)$/, "大于 $1 的数"], [/^less than (.+)$/, "小于 $1 的数"], [/^a text that matches (`.*`)$/s, "匹配 $1 的文本"]];

function by(rules: readonly Rule[], text: string): string | null {
  for (const [pattern, zh] of rules) {
    const match = pattern.exec(text);
    if (match) return zh.replace(/\$(\d)|\{(\d)\}/g, (_, plain?: string, told?: string) => (plain ? match[Number(plain)] ?? "" : inner(match[Number(told)] ?? "")));
  }
  return null;
}

/** A part of a message: what was wanted, what is there. Of several kinds each by itself. */
function inner(text: string): string {
  const whole = by([...BOUNDS, ...KINDS, ...MESSAGES.filter(([, zh]) => !zh.includes("{"))], text);
  if (whole !== null) return ` ${whole}`;
  const parts = text.split(/, (?=a |true|nothing)| or (?=a |true|nothing)/);
  return parts.length > 1 ? ` ${parts.map((part) => inner(part).trim()).join("或")}` : ` ${text}`;
}

const spaced = (text: string): string => text.replace(/^ /, "").replace(/([为：，]) /g, "$1").replace(/([\u4e00-\u9fff])([A-Za-z`])/g, "$1 $2").replace(/([A-Za-z`])([\u4e00-\u9fff])/g, "$1 $2");

export const messageInChinese = (text: string): string => spaced(by(MESSAGES, text) ?? text);

/** "" where the hint only says in English what the field's own help says. */
export const hintInChinese = (text: string): string => spaced(by(HINTS, text) ?? (/^[A-Z][\x20-\x7e…°²³µ]*$/.test(text) ? "" : text));
