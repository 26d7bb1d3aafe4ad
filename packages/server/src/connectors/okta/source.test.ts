import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { at, only } from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { oktaStreams } from './source.ts'

sourceContract('the System Log of Okta', {
  idOf: (record) => fieldsOf(record).uuid,
  record: (minutes, uuid) => ({ uuid, published: at(minutes) }),
  count: 25,
  open: (url, token) => only(oktaStreams({ url, token })),
  isPage: () => true,
  isLaterPage: (url) => url.searchParams.has('after'),
  // A link is a place in the log, which grows at its end, whenever things happened; the last one is given though there is no more.
  answers: (log) => (url, request) => {
    if (request.headers.authorization !== `SSWS ${SECRET}`)
      return [401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' }]
    const since = url.searchParams.get('since') ?? ''
    const from = log.findIndex((one) => String(fieldsOf(one).published) >= since)
    const after = url.searchParams.get('after')
    const first = after === null ? from : Number(after)
    const page = log.slice(first, first + 10)
    const next = `<${url.origin}/api/v1/logs?after=${first + page.length}>; rel="next"`
    return [200, page, { link: `<${url.href}>; rel="self", ${next}` }]
  },
})
