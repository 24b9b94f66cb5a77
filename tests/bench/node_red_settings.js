// Node-RED as it comes, on loopback, with a pool of the database and a counter for its function nodes.
const { Pool } = require('pg')

module.exports = {
  uiHost: '127.0.0.1',
  uiPort: Number(process.env.BENCH_PORT),
  flowFile: 'flows.json',
  credentialSecret: false,
  telemetry: { enabled: false },
  functionGlobalContext: { database: new Pool({ connectionString: process.env.BENCH_DATABASE, max: 10 }), counted: { n: 0 } },
  logging: { console: { level: 'info', metrics: false, audit: false } },
}
