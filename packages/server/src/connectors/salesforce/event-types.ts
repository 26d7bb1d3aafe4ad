import { entryOf } from '../values/fields.ts'
import { call, type Kind, signIn, signOut, unmapped } from '../values/kind.ts'

const kinds: Readonly<Record<string, Kind>> = {
  Login: signIn('session'),
  LoginAs: signIn('session', { activity_id: 7 }),
  Logout: signOut,
  ReportExport: call(2),
  Report: call(2),
  AsyncReportRun: call(2),
  Dashboard: call(2),
  DocumentAttachmentDownloads: call(2),
  ContentDocumentLink: call(1, 'shares_outside'),
  ContentDistribution: call(1, 'shares_outside'),
  ContentTransfer: call(2),
  Search: call(2),
  API: call(99),
  ApiTotalUsage: call(99),
  ApiConnectedApp: call(99),
  BulkApi: call(99),
  BulkApi2: call(99),
  RestApi: call(99),
  MetadataApiOperation: call(3),
  ChangeSetOperation: call(3),
  PackageInstall: call(1),
  Sandbox: call(99),
  URI: call(2),
  LightningPageView: call(2),
  VisualforceRequest: call(2),
  ApexExecution: call(99),
  PermissionUpdate: call(3),
  ConnectedAppUsageEventStore: call(99),
  OAuthTokenRevoked: call(4),
  OAuthTokenRefreshFailed: signIn('token', { activity_id: 3 }),
}

/** What a type of an event log file is; one that is not listed is unmapped. */
export function eventKind(name: string): Kind {
  return entryOf(kinds, name) ?? unmapped
}
