/** All devices of the site: what state each is in, sorted and filtered in the address, changed one by one or many at once. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Menu } from "../../platform/kit/Menu";
import { useInterval } from "../../platform/kit/timing";
import { toastError } from "../../platform/kit/toasts";
import { navigate, usePath } from "../../platform/router/location";
import { siteData, useSiteFrame } from "../live/siteData";
import { WORST_FIRST } from "../live/state";
import type { DeviceHealth } from "../live/types";
import { useSite } from "../live/useSite";
import { AddDevice } from "./AddDevice";
import { BulkEdit } from "./BulkEdit";
import { DeviceRows } from "./DeviceRows";
import { ImportCsv } from "./ImportCsv";
import { Unregistered } from "./Unregistered";
import { allRows, type Query, readQuery, visibleRows, writeQuery } from "./rows";
import type { DeviceList } from "./types";
import "./devices.css";

const FIGURES_MS = 30_000;

function useFigures(): Map<string, DeviceHealth> {
  const [figures, setFigures] = useState(new Map<string, DeviceHealth>());
  const load = useCallback(() => api.get<DeviceList>("/devices").then((list) => setFigures(new Map(list.figures.map((one) => [one.sn, one]))), toastError), []);
  useEffect(() => void load(), [load]);
  useInterval(() => document.hidden || void load(), FIGURES_MS);
  return figures;
}

export default function DevicesPage() {
  const { t } = useWords();
  useSite();
  const { loaded, plans, tick, shape } = useSiteFrame();
  const path = usePath();
  const query = useMemo(() => readQuery(location.search), [path]);
  const figures = useFigures();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<"add" | "bulk" | "import" | null>(null);
  const [stranger, setStranger] = useState("");
  const register = (sn: string) => {
    setStranger(sn);
    setOpen("add");
  };
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const rows = useMemo(() => visibleRows(allRows(figures), query), [tick, shape, query, figures]);
  const gases = useMemo(() => [...new Set([...siteData.devices.values()].map(({ gas }) => gas).filter(Boolean))].sort(), [shape]);
  const change = (more: Partial<Query>) => navigate(`/devices${writeQuery({ ...query, ...more })}`, true);
  const select = (label: string, value: string, key: "state" | "plan" | "gas", choices: [string, string][]) => (
    <select className="input" aria-label={label} value={value} onChange={(event) => change({ [key]: event.target.value })}>
      <option value="">{label}</option>
      {choices.map(([id, text]) => <option key={id} value={id}>{text}</option>)}
    </select>
  );
  return (
    <div className="devices">
      <header className="page-head">
        <h1>{t("page.devices")} <span className="devices-count number">{rows.length === siteData.devices.size ? rows.length : `${rows.length} / ${siteData.devices.size}`}</span></h1>
        {picked.size > 0 && <Button icon="pencil" needs="admin" onClick={() => setOpen("bulk")}>{t("devices.bulk", { count: picked.size })}</Button>}
        <Button icon="table" onClick={(event) => setMenu({ x: event.clientX || 200, y: event.clientY || 80 })} aria-haspopup="menu">CSV</Button>
        <Button icon="plus" kind="primary" needs="admin" onClick={() => register("")}>{t("devices.add")}</Button>
      </header>
      <Unregistered onRegister={register} />
      <div className="devices-filters" role="search">
        <input className="input" type="search" placeholder={t("devices.search")} aria-label={t("devices.search")} value={query.text} onChange={(event) => change({ text: event.target.value })} />
        {select(t("devices.anystate"), query.state, "state", WORST_FIRST.map((code) => [code, t(`state.${code}`)]))}
        {plans.length > 0 && select(t("devices.anyplan"), query.plan, "plan", [...plans.map(({ id, name }): [string, string] => [String(id), name]), ["none", t("devices.noplan")]])}
        {gases.length > 1 && select(t("devices.anygas"), query.gas, "gas", gases.map((gas) => [gas, gas]))}
      </div>
      {loaded && <DeviceRows rows={rows} query={query} onSort={(sort) => change({ sort, down: query.sort === sort && !query.down })} picked={picked} onPick={setPicked} />}
      {menu && (
        <Menu label="CSV" at={menu} onClose={() => setMenu(null)} items={[
          { label: t("devices.export"), icon: "download", run: () => location.assign("/api/devices.csv") },
          { label: t("devices.template"), icon: "file-text", run: () => location.assign("/api/devices.csv?content=template") },
          { label: t("devices.import"), icon: "upload", run: () => setOpen("import") },
        ]} />
      )}
      {open === "add" && <AddDevice serial={stranger} onClose={() => setOpen(null)} />}
      {open === "import" && <ImportCsv onClose={() => setOpen(null)} />}
      {open === "bulk" && <BulkEdit sns={[...picked]} onClose={() => setOpen(null)} />}
    </div>
  );
}
