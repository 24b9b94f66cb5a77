/** The dialog that makes a flow, empty or from a YAML file. */
import { useState } from "react";
import { api, segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { Field, TextField } from "../../platform/kit/Field";
import { toastError } from "../../platform/kit/toasts";
import { navigate } from "../../platform/router/location";

const nameIn = (text: string) => /^flow:\s*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? "";

export function NewFlow({ importing, onClose }: { importing: boolean; onClose: () => void }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const make = async () => {
    try {
      await api.post("/flows", importing ? { name, text } : { name, ...(title && { title }) });
      navigate(`/flows/${segment(name)}`);
    } catch (error) {
      toastError(error);
    }
  };
  const read = async (file: File | undefined) => {
    if (!file) return;
    const content = await file.text();
    setText(content);
    setName(nameIn(content) || file.name.replace(/\.ya?ml$/, ""));
  };
  return (
    <Dialog title={t(importing ? "flows.import" : "flows.new")} onClose={onClose} foot={<Button kind="primary" onClick={() => void make()}>{t("kit.ok")}</Button>}>
      {importing && (
        <Field label="YAML">
          {(ids) => <input type="file" accept=".yaml,.yml,text/yaml" {...ids} onChange={(event) => void read(event.target.files?.[0])} />}
        </Field>
      )}
      <TextField label={t("flows.name")} help={t("flows.name.help")} value={name} required onChange={(event) => setName(event.target.value)} />
      {!importing && <TextField label={t("flows.title")} value={title} onChange={(event) => setTitle(event.target.value)} />}
    </Dialog>
  );
}
