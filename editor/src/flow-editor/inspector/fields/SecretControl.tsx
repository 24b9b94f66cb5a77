/** A secret: it is stored on the server under a name, and the file says only that name. */
import { useState } from "react";
import { parseReference } from "../../../model/schema/form";
import { useWords } from "../../../platform/i18n";
import { Button } from "../../../platform/kit/Button";
import { Icon } from "../../../platform/kit/Icon";
import { NewSecret } from "../../../platform/secrets/NewSecret";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";
import { ReferenceButton } from "./ReferenceButton";

export function SecretControl({ value, onChange, label }: ControlProps) {
  const { t } = useWords();
  const { readOnly } = useForm();
  const [setting, setSetting] = useState(false);
  const reference = parseReference(value);
  return (
    <div className="control-with">
      <div className="input secret">
        <Icon name="key-round" size={14} />
        <span>{reference ? reference.name : value ? t("inspector.secret.plain") : t("inspector.secret.none")}</span>
      </div>
      {!readOnly && <>
        {reference?.kind === "secret" && <Button onClick={() => setSetting(true)}>{t("inspector.secret.set")}</Button>}
        <ReferenceButton label={label} onPick={(picked) => onChange(picked)} />
      </>}
      {setting && reference && <NewSecret name={reference.name} onClose={() => setSetting(false)} onMade={() => undefined} />}
    </div>
  );
}
