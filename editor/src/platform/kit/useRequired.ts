/** A context that makes no sense without a value. */
import { type Context, useContext } from "react";

export function useRequired<T>(context: Context<T | null>): T {
  const value = useContext(context);
  if (value === null) throw new Error("a component stands outside the page that it belongs to");
  return value;
}
