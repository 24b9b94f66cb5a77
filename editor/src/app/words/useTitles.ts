/** The titles that the server declares for names in tables and pages, fetched once somebody is signed in. */
import { useEffect, useState } from "react";
import { api } from "../../platform/api/client";
import { addTitles } from "../../platform/i18n";
import { loadOnce } from "../../platform/kit/loadOnce";

const loadTitles = loadOnce(() => api.get<Record<string, Record<"zh" | "en", string>>>("/titles").then(addTitles));

/** Whether they are there, or can't be had: names stand in for them then. */
export function useTitles(wanted: boolean): boolean {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (wanted) void loadTitles().catch(() => undefined).then(() => setDone(true));
  }, [wanted]);
  return done || !wanted;
}
