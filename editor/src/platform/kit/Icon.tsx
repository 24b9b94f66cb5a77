/** A lucide icon by name, as decoration: the control it stands in carries the words. */
import { createElement, useEffect, useState } from "react";
import { icons } from "./baseIcons";

export function Icon({ name, size = 16 }: { name: string; size?: number }) {
  const [, arrived] = useState("");
  const icon = icons.loaded(name);
  useEffect(() => {
    if (!icon) void icons.load(name).then(() => arrived(name));
  }, [icon, name]);
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {(icon ?? []).map(([tag, attributes], index) => createElement(tag, { ...attributes, key: index }))}
    </svg>
  );
}
