/** Seals credentials that are stored, such as a channel's password, so that whoever reads the database alone reads none. */
export interface Vault {
  /** The text sealed; `belongsTo` names what it is for, and only under that name is it opened again. */
  seal(text: string, belongsTo: string): Uint8Array
  /** The text that was sealed under this name; throws where it was sealed by another key, under another name, or was changed. */
  open(sealed: Uint8Array, belongsTo: string): string
}
