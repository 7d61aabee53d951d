/**
 * Settings of every session, on both databases. A statement prepared while a table is nearly empty would use sequential scans
 * until the next analyze. JIT would compile the large statements, which look expensive without sequential scans, for longer
 * than they run.
 */
export const sessionSettings = { enable_seqscan: "off", jit: "off" } as const;
