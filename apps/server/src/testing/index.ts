export { type ServerProcess, startServerProcess } from "./server-process.ts";
export { startTestServer } from "./test-server.ts";
