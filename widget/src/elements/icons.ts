import { launcherIcons } from "./launcher-icons.ts";

/** Icons as path data on a 24 × 24 grid, drawn as strokes. They are decoration: whatever shows one is named in words. */
export const icons = {
  ...launcherIcons,
  close: "M6 6l12 12 M18 6L6 18",
  spark: "M12 3.5q1 7 8 8-7 1-8 8-1-7-8-8 7-1 8-8z",
  compose: "M12.5 5H5.5v13.5H19v-7 M17.5 4l2.5 2.5-8 8H9.5V12z",
  send: "M12 19V5.5 M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  retry: "M19 12a7 7 0 1 1-2.05-4.95L19 9 M19 4.5V9h-4.5",
  edit: "M5 19l.8-3.8L16 5l3 3L8.8 18.2z M14 7l3 3",
  copy: "M9 9h10v10H9z M15 9V5H5v10h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  up: "M7 11l4-7q2 0 2 2l-.5 3.5H18q2 0 1.7 2.2l-1.4 6Q18 19 16.6 19H7z M7 11H4v8h3",
  warning: "M12 4.5l8.5 15h-17z M12 10v4.5 M12 17v.3",
  clock: "M12 4a8 8 0 1 0 .1 0z M12 8v4.5l3 2",
} as const;

export type IconName = keyof typeof icons;
