// A Bluesky PDS with a PLC of its own, in memory and in the folder that this file was copied into; the environment sets the rest.
import { PDS, envToCfg, envToSecrets, readEnv } from '@atproto/pds'
import plc from '@did-plc/server'

await plc.PlcServer.create({ db: plc.Database.mock(), port: Number(new URL(process.env.PDS_DID_PLC_URL).port) }).start()
const env = readEnv()
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
await pds.start()
