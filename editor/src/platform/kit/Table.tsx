/** A plain table from column definitions. */
import type { ReactNode } from "react";
import { useWords } from "../i18n";

export interface Column<T> {
  id: string;
  label: string;
  cell: (row: T) => ReactNode;
  className?: string;
}

export function Table<T>({ label, columns, rows, keyOf }: { label: string; columns: Column<T>[]; rows: T[]; keyOf: (row: T) => string }) {
  const { t } = useWords();
  return (
    <div className="card card-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="table" aria-label={label}>
        <thead>
          <tr>{columns.map((column) => <th key={column.id} scope="col" className={column.className}>{column.label || <span className="only-spoken">{t("shell.actions")}</span>}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => <tr key={keyOf(row)}>{columns.map((column) => <td key={column.id} className={column.className}>{column.cell(row)}</td>)}</tr>)}
        </tbody>
      </table>
      {rows.length === 0 && <div className="empty">{t("kit.nothing")}</div>}
    </div>
  );
}
