/** A module or resource that is loaded when it is first asked for, and kept; after a failure the next who asks tries again. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => (loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  }));
}
