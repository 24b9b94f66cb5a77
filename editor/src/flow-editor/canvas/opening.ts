/** What opening a node means is the page's to say; set while the canvas is there. */
export const opener: { open: (id: string) => void } = { open: () => undefined };

export const openOnCanvas = (id: string): void => {
  if (id) opener.open(id);
};
