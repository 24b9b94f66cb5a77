/** The dialog that adds a device; all but the serial number is set on its page. */
import { useState } from "react";
import { api, segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { TextField } from "../../platform/kit/Field";
import { navigate } from "../../platform/router/location";
import { useProblems } from "./problems";

export function AddDevice({ serial, onClose }: { serial: string; onClose: () => void }) {
  const { t } = useWords();
  const [sn, setSn] = useState(serial);
  const [name, setName] = useState("");
  const [gas, setGas] = useState("");
  const { problemOf, tell } = useProblems();
  const add = async () => {
    try {
      await api.post("/devices", { sn: sn.trim(), fields: { name: name.trim(), gas: gas.trim() } });
      navigate(`/devices/${segment(sn.trim())}`);
    } catch (error) {
      tell(error);
    }
  };
  return (
    <Dialog title={t("devices.add")} onClose={onClose} foot={<Button kind="primary" disabledReason={!sn.trim() && t("devices.needsn")} onClick={() => void add()}>{t("kit.add")}</Button>}>
      <TextField label={t("device.sn")} help={t("devices.sn.help")} required autoFocus value={sn} maxLength={64} problem={problemOf("sn")} onChange={(event) => setSn(event.target.value)} />
      <TextField label={t("device.name")} value={name} problem={problemOf("name")} onChange={(event) => setName(event.target.value)} />
      <TextField label={t("device.gas")} value={gas} placeholder="CO" problem={problemOf("gas")} onChange={(event) => setGas(event.target.value)} />
    </Dialog>
  );
}
