/** A database cannot be moved, or not into that one. The message is for the operator. */
export class MoveError extends Error {
  override readonly name = "MoveError";
}

/** A move into the database was interrupted: part of the data is missing. */
export class UnfinishedMoveError extends Error {
  override readonly name = "UnfinishedMoveError";

  constructor() {
    super("The move of an embedded database into this one is not finished: repeat the command, which continues it");
  }
}
