import { Button, Kbd } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useRef } from 'react'
import { text } from '../../text.ts'
import './queue.css'

/** What each key does, behind a button and the key ?. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = () => dialog.current?.showModal()
  useHotkeys([
    ['shift+?', open],
    ['?', open],
  ])
  return (
    <>
      <Button size="xs" variant="default" onClick={open} title={text.queue.help}>
        <Kbd size="xs">?</Kbd>
        <span className="visually-hidden">{text.queue.help}</span>
      </Button>
      <dialog
        ref={dialog}
        className="key-help"
        aria-labelledby="key-help-title"
        onKeyDown={(event) => event.stopPropagation()}
      >
        <h2 id="key-help-title">{text.queue.help}</h2>
        <dl>
          {text.queue.keys.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                <Kbd size="xs">{key}</Kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <Button type="submit" size="xs" variant="default">
            {text.queue.close}
          </Button>
        </form>
      </dialog>
    </>
  )
}
