/** What commands can ask of the palette; set while it is there. */
export const palette: { focus: () => void } = { focus: () => undefined };
