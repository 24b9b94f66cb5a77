/** A device at its place, to be looked at: a link to its page, and nothing that moves. */
import { segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Link } from "../../platform/router/Link";
import { StateShape } from "../live/StateShape";
import { useLiveDevice } from "../live/useSite";

export function PlacedDot({ sn, left, top }: { sn: string; left: number; top: number }) {
  const { t } = useWords();
  const { device, state } = useLiveDevice(sn);
  const name = device?.name || sn;
  const code = state?.code ?? "silent";
  return (
    <Link className="spot" href={`/devices/${segment(sn)}`} draggable={false} data-sn={sn} style={{ left: `${left}%`, top: `${top}%` }} aria-label={`${name}: ${t(`state.${code}`)}`}>
      <StateShape code={code} /><span className="spot-name">{name}</span>
    </Link>
  );
}
