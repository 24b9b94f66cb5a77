/** What the fields of one form share. */
import { createContext, useContext } from "react";
import type { Schema } from "../../../model/schema/schema";
import type { Problem } from "../../../platform/api/types";

export interface FormContext {
  /** The schema of the whole form, where references lead to. */
  root: Schema;
  problems: Problem[];
  readOnly: boolean;
  /** The wire that brings messages to this node, for expressions to be tried on. */
  wire: { node: string; port: string } | null;
  /** The property that holds a device's parameters. */
  parameters: string;
}

export const Form = createContext<FormContext>({ root: {}, problems: [], readOnly: true, wire: null, parameters: "device" });
export const useForm = (): FormContext => useContext(Form);
