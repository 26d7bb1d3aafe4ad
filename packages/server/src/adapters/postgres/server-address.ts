/** How to reach a PostgreSQL as one role. `host` may be the folder of a socket. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Encrypted; `rejectUnauthorized` false does not check by whom. Absent: not encrypted. */
  readonly ssl?: { readonly rejectUnauthorized: boolean }
}
