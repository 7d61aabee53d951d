export { type Follow, followOverSse, followOverWebSocket } from "./graphql-client.ts";
export { type Keyring, makeApiKey, newClient, type TestKey } from "./api-keys.ts";
export { type ServerProcess, startServerLikeNpmStart, startServerProcess } from "./server-process.ts";
export { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
export { startTestApp, type TestApp } from "./test-app.ts";
export { startTestServer } from "./test-server.ts";
