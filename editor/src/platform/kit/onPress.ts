/** For what is pressed in a list that moves: press and release may meet different rows, and no click comes of it. */
import type { MouseEvent, PointerEvent } from "react";

let pressed = false;

/** The mouse acts when it is pressed; keys and fingers when they click. */
export const onPress = (act: () => void) => ({
  onPointerDown: ({ pointerType, button }: PointerEvent) => {
    pressed = pointerType === "mouse" && button === 0;
    if (pressed) act();
  },
  onClick: ({ detail }: MouseEvent) => {
    // A click of the keyboard counts no presses.
    if (detail === 0 || !pressed) act();
  },
});
