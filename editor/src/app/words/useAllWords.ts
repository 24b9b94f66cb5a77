/** The words of all pages, fetched when the first page that speaks more than the wall is opened. */
import { useEffect, useState } from "react";
import { addWords } from "../../platform/i18n";
import { loadOnce } from "../../platform/kit/loadOnce";

const loadAllWords = loadOnce(() => import("./all").then(({ allWords }) => addWords(allWords)));

/** Whether all words are there; they are fetched when they are `wanted`. */
export function useAllWords(wanted: boolean): boolean {
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    if (wanted) void loadAllWords().then(() => setLoaded(true));
  }, [wanted]);
  return loaded || !wanted;
}
