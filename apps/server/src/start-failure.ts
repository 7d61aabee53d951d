/** A setting that prevents the start. `message` is one line: the setting, the error, the remedy. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

/** Awaits a step of the start. @throws StartFailure that names the setting when the system reports an error */
export async function named<T>(setting: string, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
    const [reason, advice] = known[error.code] ?? [error.message, null];
    const subject = setting.replaceAll(/=[^,]*/g, "").replace(", ", " or ");
    const what = advice === null ? "" : `: ${advice.replace("SETTING", subject)}`;
    throw new StartFailure(`${setting}: ${reason}${what}`, { cause: error });
  }
}

/** The error and its remedy, by system error code. */
const known: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  EADDRINUSE: ["the address is in use by another process", "stop that process, or set PORT to another number"],
  EADDRNOTAVAIL: [
    "the address does not belong to this machine",
    "set HOST to one of its addresses, such as 127.0.0.1 or 0.0.0.0",
  ],
  EACCES: ["permission denied", "give this user the right to it, or set SETTING to something else"],
  EPERM: ["permission denied", "give this user the right to it, or set SETTING to something else"],
  EROFS: ["the file system is read-only", "set SETTING to a folder that can be written to"],
  ENOENT: ["there is no such folder", "set SETTING to a folder that exists"],
  ENOTDIR: ["the path is a file, or leads through a file", "set SETTING to a folder"],
  EEXIST: ["the path is a file", "set SETTING to a folder"],
  ENOSPC: ["the disk is full", "free some space, or set SETTING to a folder on another disk"],
  EDQUOT: ["the disk quota is used up", "free some space, or set SETTING to a folder on another disk"],
  ENAMETOOLONG: ["the path is too long", "set SETTING to a shorter one"],
  ELOOP: ["its symbolic links lead in a circle", "set SETTING to a real folder"],
  ECONNREFUSED: ["nothing listens there", "start PostgreSQL, or correct SETTING"],
  ENOTFOUND: ["the host name is unknown", "correct SETTING"],
  EAI_AGAIN: ["the host name cannot be looked up", "check the network, or correct SETTING"],
  "28P01": ["the user name or the password is wrong", "correct SETTING"],
  "28000": ["the database refuses this user", "correct SETTING, or PostgreSQL's pg_hba.conf"],
  "3D000": ["there is no such database", "create it, or correct SETTING"],
  "53300": ["the database has too many connections", "raise its max_connections, or end other clients"],
};
