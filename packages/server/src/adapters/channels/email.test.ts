import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendEmail } from './email.ts'
import { createHostGuard } from './guard.ts'
import { closedMessage, raisedMessage, testMessage } from './test-messages.ts'
import { makeCertificate, missingParty, type PythonParty, startPython } from './test-parties.ts'

/** A mail server that wants encryption and a password, knows nobody of the name nobody, and prints what it takes. */
const SERVER = `
import sys, json, ssl, email, email.policy
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody'): return '550 no such mailbox'
        envelope.rcpt_tos.append(address)
        return '250 OK'
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content()
        print(json.dumps({'to': envelope.rcpt_tos, 'headers': [[k.lower(), str(v)] for k, v in mail.items()],
            'text': part('plain'), 'html': part('html')}), flush=True)
        return '250 OK'
def may(server, session, envelope, mechanism, data):
    return AuthResult(handled=False, success=isinstance(data, LoginPassword) and data.login == b'ada' and data.password == b'hunter2')
port, cert, key = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(cert, key)
Controller(Handler(), hostname='127.0.0.1', port=int(port), tls_context=context, require_starttls=True,
    authenticator=may, auth_required=True).start()
sys.stdin.read()
`

const missing = missingParty('python3', ['aiosmtpd']) ?? missingParty('openssl')
if (missing !== null) console.log(missing)

describe.skipIf(missing !== null)('mail, to a server that wants encryption and a password', () => {
  let folder = ''
  let server: PythonParty
  let ca = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatewatch-mail-'))
    const { cert, key } = makeCertificate(folder)
    ca = await readFile(cert, 'utf8')
    server = await startPython((port) => ['-c', SERVER, String(port), cert, key])
  })
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const guard = createHostGuard(['localhost'], async () => ['127.0.0.1'])
  const settings = (more: object = {}) => ({
    kind: 'email' as const,
    host: 'localhost',
    port: server.port,
    tls: 'starttls' as const,
    ca,
    user: 'ada',
    password: 'hunter2',
    from: 'Gatewatch <watch@example.com>',
    to: ['ada@example.com', 'bob@example.com'],
    ...more,
  })
  const site = 'https://gatewatch.example.com'
  const newest = () => {
    const { headers, ...mail } = JSON.parse(server.lines.at(-1) ?? 'null')
    return { ...mail, headers: new Map<string, string>(headers) }
  }

  test('an alert arrives as text and HTML, with nothing in its name that breaks out', async () => {
    expect(await sendEmail(guard, settings(), raisedMessage, site)).toEqual({ kind: 'sent' })
    const { to, headers, text, html } = newest()
    expect(to).toEqual(['ada@example.com', 'bob@example.com'])
    expect(headers.get('subject')).toMatch(
      /^\[Gatewatch\] New alert: Impossible travel \(<script>.* Bcc: eve/,
    )
    expect(headers.has('bcc')).toBe(false)
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    expect(headers.get('message-id')).toBe(`<${raisedMessage.key}@example.com>`)
    expect(text).toContain('Risk: 93 of 100')
    expect(text).toContain(`${site}/alerts/${'a'.repeat(32)}`)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toContain('<script')
    for (const sign of ['\u202E', '\u0007']) expect(`${text}${html}`).not.toContain(sign)
  })

  test('what follows answers the first mail', async () => {
    expect(await sendEmail(guard, settings(), closedMessage, site)).toEqual({ kind: 'sent' })
    const { headers, text } = newest()
    expect(headers.get('in-reply-to')).toBe(`<${raisedMessage.key}@example.com>`)
    expect(text).toContain('Verdict: safe, by ada')
  })

  test('a wrong password may be mended, a mailbox that is not there may not', async () => {
    const wrong = await sendEmail(guard, settings({ password: 'no' }), testMessage, site)
    expect(wrong).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/authentication|credentials|login/i),
    })
    const nobody = await sendEmail(
      guard,
      settings({ to: ['nobody@example.com'] }),
      testMessage,
      site,
    )
    expect(nobody).toMatchObject({ kind: 'refused', why: expect.stringContaining('550') })
    const some = await sendEmail(
      guard,
      settings({ to: ['nobody@example.com', 'ada@example.com'] }),
      testMessage,
      site,
    )
    expect(some).toEqual({ kind: 'refused', why: 'accepted for 1, refused for nobody@example.com' })
  })

  test('nothing is sent to whom the certificate is not of, without encryption, or inside', async () => {
    const before = server.lines.length
    const other = createHostGuard(['mail.example.com'], async () => ['127.0.0.1'])
    const impostor = await sendEmail(
      other,
      settings({ host: 'mail.example.com' }),
      testMessage,
      site,
    )
    expect(impostor).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/altnames|certificate/i),
    })
    const strange = await sendEmail(guard, settings({ ca: undefined }), testMessage, site)
    expect(strange).toMatchObject({ kind: 'failed', why: expect.stringMatching(/self.signed/i) })
    const outside = createHostGuard([], async () => ['127.0.0.1'])
    expect(await sendEmail(outside, settings(), testMessage, site)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('not public'),
    })
    expect(await sendEmail(outside, settings({ tls: 'none' }), testMessage, site)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('without encryption'),
    })
    expect(server.lines).toHaveLength(before)
  })
})
