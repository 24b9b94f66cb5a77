/** Puts `${broker:…}` or `${secret:…}` into a field; a new secret is stored on the way and never comes back. */
import { useState } from "react";
import { api } from "../../../platform/api/client";
import { useWords } from "../../../platform/i18n";
import { IconButton } from "../../../platform/kit/Button";
import { Menu, type MenuItem } from "../../../platform/kit/Menu";
import { toastError } from "../../../platform/kit/toasts";
import { NewSecret } from "../../../platform/secrets/NewSecret";

export function ReferenceButton({ label, onPick }: { label: string; onPick: (reference: string) => void }) {
  const { t } = useWords();
  const [menu, setMenu] = useState<{ x: number; y: number; items: (MenuItem | null)[] } | null>(null);
  const [making, setMaking] = useState(false);
  const open = async (button: HTMLElement) => {
    const { right, bottom } = button.getBoundingClientRect();
    try {
      const known = await api.get<Record<string, string[]>>("/references");
      const items = Object.entries(known).flatMap(([kind, names]) =>
        names.map((name): MenuItem => ({ label: `\${${kind}:${name}}`, icon: kind === "secret" ? "key-round" : "radio", run: () => onPick(`\${${kind}:${name}}`) })));
      setMenu({ x: right - 200, y: bottom + 4, items: [...items, ...(items.length ? [null] : []), { label: t("inspector.new-secret"), icon: "plus", run: () => setMaking(true) }] });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <>
      <IconButton icon="braces" needs="admin" label={t("inspector.reference", { field: label })} onClick={(event) => void open(event.currentTarget)} />
      {menu && <Menu label={t("inspector.reference", { field: label })} items={menu.items} at={menu} onClose={() => setMenu(null)} />}
      {making && <NewSecret onClose={() => setMaking(false)} onMade={(name) => onPick(`\${secret:${name}}`)} />}
    </>
  );
}
