export { type ReceivedCallback, type Receiver, startReceiver } from "./receiver.ts";
export { type Service, startService } from "./service.ts";
export { startYahooServer, type YahooBar, type YahooChart, type YahooServer } from "./yahoo-server.ts";
