const paths = {
  overview: "M4 5h7v6H4zM13 5h7v10h-7zM4 13h7v6H4zM13 17h7v2h-7z",
  today: "M12 3v3M12 18v3M3 12h3M18 12h3M12 8a4 4 0 100 8 4 4 0 000-8z",
  executions: "M5 6h14M5 12h14M5 18h9",
  sweeps: "M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z",
  schedules: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4l3 2",
  deliveries: "M4 12l16-7-5 15-3-6z",
  prices: "M4 18l5-6 4 3 7-9",
  strategies: "M5 5h6v6H5zM13 13h6v6h-6zM11 8h5v5M8 11v5h5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
} as const;

export type IconName = keyof typeof paths;

/** A decorative icon beside a label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
