/** The one way to the HTTP API: JSON in and out, refusals as `ApiError`, an expired session told to whoever listens. */
import { Listeners } from "../events/Listeners";
import { ApiError, errorFrom } from "./problem";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The session has ended, or another of this user's tabs ended it. */
export const signedOut = new Listeners();

/** The API refuses because the licence has expired. */
export const licenceLocked = new Listeners();

async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { "X-MCS": "1", "Accept-Language": document.documentElement.lang };
  const file = body instanceof Blob ? body : null;
  if (body !== undefined) headers["Content-Type"] = file ? file.type || "application/octet-stream" : "application/json";
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers,
      credentials: "same-origin",
      body: body === undefined ? null : (file ?? JSON.stringify(body)),
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", String(error));
  }
  if (response.status === 401 && path !== "/session") signedOut.notify();
  if (!response.ok) {
    const error = await errorFrom(response);
    if (error.code === "license_expired") licenceLocked.notify();
    throw error;
  }
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => request<T>("GET", path, undefined, signal),
  post: <T>(path: string, body: unknown = {}, signal?: AbortSignal) => request<T>("POST", path, body, signal),
  put: <T>(path: string, body: unknown) => request<T>("PUT", path, body),
  patch: <T>(path: string, body: unknown) => request<T>("PATCH", path, body),
  /** A file as it is. */
  upload: <T>(method: "POST" | "PUT", path: string, file: Blob) => request<T>(method, path, file),
  delete: <T>(path: string, body?: unknown) => request<T>("DELETE", path, body),
};

/** A part of a path, safe whatever it holds. */
export const segment = encodeURIComponent;
