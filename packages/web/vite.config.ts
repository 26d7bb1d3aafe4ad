import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv } from 'vite'

/**
 * Builds the dashboard into dist. `vite` alone serves it for development and hands the API's paths to a running
 * Gatewatch: GATEWATCH_URL, or http://127.0.0.1:5000.
 */
export default defineConfig(({ mode }) => {
  const api = loadEnv(mode, '.', 'GATEWATCH_').GATEWATCH_URL ?? 'http://127.0.0.1:5000'
  return {
    plugins: [react()],
    build: {
      target: 'es2023',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      // One chunk of 225 kB gzipped and the maps in another: loaded once, then kept.
      chunkSizeWarningLimit: 800,
    },
    server: {
      proxy: {
        '/v1': { target: api, ws: true },
        '/health': { target: api },
        '/signin': { target: api },
        '/docs': { target: api },
        '/openapi.json': { target: api },
      },
    },
  }
})
